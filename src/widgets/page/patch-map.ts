/** The patch map's slider: it moves the threshold, and foreground, colours and histogram follow. */
import { dimLayer, type Layer, maskShare, partLayer } from "../layers.js";
import { type LiveMap, type LiveResult, mapAt } from "../live-map.js";
import type { PatchMapData } from "../page-data.js";
import { decimal, percent } from "../wording.js";
import { bytes, float32, unpack } from "./decode.js";
import { drawHistogram } from "./histogram.js";
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
  const slider = figure.querySelector(".pl-slider input") as HTMLInputElement;
  const reset = figure.querySelector(".pl-reset") as HTMLButtonElement;
  const home = slider.valueAsNumber; // the threshold, rounded to the slider's steps
  const pictures = pictureLayers(figure, data);
  paintPictures(pictures, map);
  let moveLine: (threshold: number) => void = () => {};
  let waiting = false;
  const update = (): void => {
    waiting = false;
    const threshold = slider.valueAsNumber === home ? map.threshold : slider.valueAsNumber;
    const result = mapAt(map, threshold);
    paintPictures(pictures, result);
    describe(figure, slider, threshold, result.share);
    moveLine(threshold);
    reset.disabled = threshold === map.threshold;
  };
  slider.addEventListener("input", () => {
    if (!waiting) requestAnimationFrame(update);
    waiting = true;
  });
  reset.addEventListener("click", () => {
    slider.valueAsNumber = home;
    update();
    slider.focus();
  });
  const smooth = figure.querySelector(".pl-smooth") as HTMLInputElement;
  smooth.addEventListener("change", () => figure.classList.toggle("pl-is-smooth", smooth.checked));
  describe(figure, slider, map.threshold, maskShare(map.mask));
  withPlotly(figure, async (plotly) => {
    moveLine = await drawHistogram(plotly, figure.querySelector(".pl-histogram") as HTMLElement, data);
    update();
  });
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
