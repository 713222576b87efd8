/** Plotly on this page: unpacked once by whichever figure brings it, awaited by the others. */
import { bytes } from "./decode.js";

type Json = Record<string, unknown>;

/** A place on an axis in pixels; the part of Plotly's state that maps points to the screen. */
interface Axis {
  c2p(value: number): number;
  _offset: number;
}

/** A trace as it was given, with the places of its selected points, where any trace has some. */
interface Trace {
  customdata?: number[];
  selectedpoints?: number[] | null;
}

interface PlotEvent {
  points?: { customdata: number }[];
  /** there when points were drawn around */
  lassoPoints?: unknown;
}

export interface PlotElement extends HTMLElement {
  _fullLayout: { xaxis: Axis; yaxis: Axis };
  data: Trace[];
  on(event: string, listener: (event: PlotEvent) => void): void;
}

export interface Plotly {
  newPlot(element: HTMLElement, traces: Json[], layout: Json, config: Json): Promise<PlotElement>;
  update(element: HTMLElement, traces: Json, layout: Json, indices: number[]): Promise<unknown>;
  restyle(element: HTMLElement, traces: Json, indices: number[]): Promise<unknown>;
  relayout(element: HTMLElement, layout: Json): Promise<unknown>;
  Plots: { resize(element: HTMLElement): Promise<unknown> };
}

interface Shared {
  ready: Promise<Plotly>;
  resolve(plotly: Plotly): void;
  started: boolean;
}

/** One place for all scripts of this kind on the page: in a notebook each output brings its own. */
const key = "patchlab.plotly";

function shared(): Shared {
  const page = globalThis as unknown as Record<symbol, Shared | undefined>;
  let found = page[Symbol.for(key)];
  if (!found) {
    let resolve: (plotly: Plotly) => void = () => {};
    const ready = new Promise<Plotly>((settle) => {
      resolve = settle;
    });
    found = { ready, resolve, started: false };
    page[Symbol.for(key)] = found;
  }
  return found;
}

/** Unpacks the Plotly that this part of the page brings, unless another part's has been. */
export function bringPlotly(root: ParentNode): void {
  const block = root.querySelector("script.patchlab-plotly");
  const place = shared();
  if (!block || place.started) return;
  place.started = true;
  void unpackAndRun(block.textContent ?? "");
}

/** Plotly meets no module loader of the page: it gets a module of its own. */
async function unpackAndRun(base64: string): Promise<void> {
  const stream = new Blob([bytes(base64) as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream("gzip"));
  const code = await new Response(stream).text();
  const element = document.createElement("script");
  element.textContent = `(function(module,exports,define){${code}
;globalThis[Symbol.for("${key}")].resolve(module.exports)})({exports:{}})`;
  document.head.append(element);
  element.remove();
}

const patience = 6000;

/** Draws when Plotly is there, and says after a while what to do when it does not come. */
export function withPlotly(figure: Element, draw: (plotly: Plotly) => unknown): void {
  const note = document.createElement("p");
  note.className = "pl-waiting";
  note.textContent =
    "This is the still form of the figure. Plotly, which makes it answer, came with another figure, whose output is " +
    "not here: run this cell with show(…, { plotly: true }).";
  const timer = setTimeout(() => figure.querySelector("figcaption")?.before(note), patience);
  void shared().ready.then((plotly) => {
    clearTimeout(timer);
    note.remove();
    draw(plotly);
  });
}

/** What charts have in common: no ground of their own, no fonts of their own, no tool bar. */
export const baseLayout: Json = {
  paper_bgcolor: "rgba(0,0,0,0)",
  plot_bgcolor: "rgba(0,0,0,0)",
  showlegend: false,
  autosize: true,
  font: { family: "inherit", size: 12 },
};

export const baseConfig: Json = {
  displayModeBar: false,
  displaylogo: false,
  responsive: false,
  scrollZoom: false,
  showTips: false,
};

/** Keeps a chart as wide as its place, in pages, cells and panes that change size. */
export function followSize(plotly: Plotly, element: HTMLElement, after: () => void = () => {}): void {
  let width = element.clientWidth;
  new ResizeObserver(() => {
    if (element.clientWidth === width || element.clientWidth === 0) return;
    width = element.clientWidth;
    void plotly.Plots.resize(element).then(after);
  }).observe(element);
}
