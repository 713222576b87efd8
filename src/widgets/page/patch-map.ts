/** The patch map's slider: it moves the threshold, and foreground, colours and histogram follow. */
import { dimLayer, type Layer, maskShare, partLayer } from "../layers.js";
import { type LiveMap, type LiveResult, mapAt } from "../live-map.js";
import type { PatchMapData } from "../page-data.js";
import { decimal, percent } from "../wording.js";
import { bytes, float32, unpack } from "./decode.js";
import { drawHistogram } from "./histogram.js";
import { connect, type FromKernel, kernelEnd } from "./kernel.js";
import { withPlotly } from "./plotly.js";

/** The canvases of one picture and where its patches lie among all. */
interface PictureLayers {
  start: number;
  end: number;
  dim: HTMLCanvasElement;
  parts: HTMLCanvasElement;
  share: Element;
}

export function mountPatchMap(figure: HTMLElement, data: PatchMapData): void {
  const map = liveMap(data);
  const pictures = pictureLayers(figure, data);
  const reset = figure.querySelector(".pl-reset") as HTMLButtonElement;
  let moveLine: (threshold: number) => void = () => {};
  const draw = (threshold: number, result: LiveResult): void => {
    paintPictures(pictures, result);
    describe(figure, slider.input, threshold, result.share);
    moveLine(threshold);
    reset.disabled = threshold === map.threshold;
  };
  const slider = thresholdSlider(figure, map, (threshold) => {
    draw(threshold, mapAt(map, threshold));
    tell({ value: threshold });
  });
  // this page's own colours stand until the kernel's come, which it computes from the whole patch vectors
  const tell = kernelEnd(figure, (message) => {
    if ("connected" in message) return message.connected && tell({ ask: "map" });
    const wanted = "value" in message ? message.value : undefined;
    if (typeof wanted === "number" && wanted !== slider.threshold) draw(slider.move(wanted), mapAt(map, wanted));
    const result = "content" in message ? kernelMap(message, map.first.length) : undefined;
    if (result && result.threshold === slider.threshold) draw(result.threshold, result);
  });
  reset.addEventListener("click", () => slider.reset());
  const smooth = figure.querySelector(".pl-smooth") as HTMLInputElement;
  smooth.addEventListener("change", () => figure.classList.toggle("pl-is-smooth", smooth.checked));
  draw(map.threshold, { mask: map.mask, rgb: map.rgb, share: maskShare(map.mask) });
  connect(figure);
  withPlotly(figure, async (plotly) => {
    moveLine = await drawHistogram(plotly, figure.querySelector(".pl-histogram") as HTMLElement, data);
    moveLine(slider.threshold);
  });
}

interface ThresholdSlider {
  readonly input: HTMLInputElement;
  readonly threshold: number;
  /** Moves it without a word to `moved`. */
  move(threshold: number): number;
  /** Goes back to the map's own threshold. */
  reset(): void;
}

/** Knows the exact threshold, where the slider's steps are coarser. */
function thresholdSlider(figure: HTMLElement, map: LiveMap, moved: (threshold: number) => void): ThresholdSlider {
  const input = figure.querySelector(".pl-slider input") as HTMLInputElement;
  const home = input.valueAsNumber;
  let threshold = map.threshold;
  let waiting = false;
  const read = (): void => {
    waiting = false;
    threshold = input.valueAsNumber === home ? map.threshold : input.valueAsNumber;
    moved(threshold);
  };
  input.addEventListener("input", () => {
    if (!waiting) requestAnimationFrame(read);
    waiting = true;
  });
  return {
    input,
    get threshold() {
      return threshold;
    },
    move(to) {
      input.valueAsNumber = to;
      threshold = to;
      return to;
    },
    reset() {
      input.valueAsNumber = home;
      read();
      input.focus();
    },
  };
}

/** The kernel's foreground and colours, where they are those of this figure's patches. */
function kernelMap(
  { content, buffers }: Extract<FromKernel, { content: unknown }>,
  patches: number,
): (LiveResult & { threshold: number }) | undefined {
  const [mask, rgb] = buffers.map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  const { threshold } = content as { threshold?: unknown };
  if (typeof threshold !== "number" || mask?.length !== patches || rgb?.length !== 3 * patches) return undefined;
  return { threshold, mask, rgb, share: maskShare(mask) };
}

function liveMap(data: PatchMapData): LiveMap {
  const first = float32(data.first);
  const { tokens } = data;
  return {
    threshold: data.threshold,
    first,
    mask: bytes(data.mask),
    rgb: bytes(data.rgb),
    scores: unpack(data.scores),
    colours: data.colours,
    ...(tokens ? { tokens: { data: unpack(tokens), rows: first.length, cols: tokens.cols } } : {}),
  };
}

function pictureLayers(figure: HTMLElement, { grids }: PatchMapData): PictureLayers[] {
  const layers = (kind: string): Element[] => [...figure.querySelectorAll(`.pl-layer[data-layer="${kind}"]`)];
  const [dims, parts, shares] = [layers("dim"), layers("parts"), [...figure.querySelectorAll(".pl-mask-share")]];
  let end = 0;
  return grids.map(({ rows, cols }, i) => {
    const start = end;
    end += rows * cols;
    return {
      start,
      end,
      dim: canvasFor(dims[i] as HTMLImageElement, rows, cols),
      parts: canvasFor(parts[i] as HTMLImageElement, rows, cols),
      share: shares[i],
    };
  });
}

/** A canvas in the place of a still layer. */
function canvasFor(image: HTMLImageElement, rows: number, cols: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height, canvas.className] = [cols, rows, image.className];
  canvas.dataset.layer = image.dataset.layer;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", image.alt);
  image.replaceWith(canvas);
  return canvas;
}

function paintPictures(pictures: readonly PictureLayers[], { mask, rgb }: Pick<LiveResult, "mask" | "rgb">): void {
  for (const { start, end, dim, parts, share } of pictures) {
    const own = mask.subarray(start, end);
    put(dim, dimLayer(own));
    put(parts, partLayer(rgb.subarray(3 * start, 3 * end), own));
    share.textContent = percent(maskShare(own));
  }
}

function put(canvas: HTMLCanvasElement, layer: Layer): void {
  const image = new ImageData(canvas.width, canvas.height);
  image.data.set(layer);
  canvas.getContext("2d")?.putImageData(image, 0, 0);
}

function describe(figure: HTMLElement, slider: HTMLInputElement, threshold: number, share: number): void {
  const text = `${percent(share)} of patches are foreground`;
  (figure.querySelector(".pl-value") as HTMLElement).textContent = decimal(threshold);
  (figure.querySelector(".pl-share") as HTMLElement).textContent = text;
  slider.setAttribute("aria-valuetext", `${decimal(threshold)}, ${text}`);
}
