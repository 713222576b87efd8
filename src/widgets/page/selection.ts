/**
 * Points selected on the map, for the notebook that shows it: by click, with a lasso, by Enter on the current point. The
 * tools for it appear when the kernel is there.
 */
import { count } from "../wording.js";
import type { MapView } from "./embedding-map.js";
import { kernelEnd } from "./kernel.js";
import type { Plotly } from "./plotly.js";

export interface Selection {
  /** Takes a point in or out, where points can be selected at all. */
  toggle(point: number): void;
}

const still = "Point at one, or press an arrow key. Drag to enlarge, double-click to go back.";
const selecting = "Draw around points, or click one; with Shift more. Double-click to select none.";

export function selection(figure: HTMLElement, view: MapView, plotly: Plotly, redraw: () => void): Selection {
  const button = figure.querySelector(".pl-select") as HTMLButtonElement;
  const hint = figure.querySelector(".pl-hint") as HTMLElement;
  const { plot } = view;
  let connected = false;
  let marking = 0;
  let adding = false;

  async function mark(rows: Iterable<number>): Promise<void> {
    view.selected = new Set(rows);
    redraw();
    describe(figure, view);
    marking++;
    // without the outlines that were drawn: a click into one would begin to change it
    await plotly.update(plot, { selectedpoints: marks(view) }, { selections: [] }, [...plot.data.keys()]);
    marking--;
  }
  function choose(rows: Iterable<number>): void {
    if (!connected || marking > 0 || sameRows(view.selected, rows)) return;
    void mark(rows);
    tell({ value: Uint32Array.from(view.selected).sort() });
  }
  function mode(on: boolean): void {
    button.setAttribute("aria-pressed", String(on));
    hint.textContent = on ? selecting : still;
    void plotly.relayout(plot, { dragmode: on ? "lasso" : "zoom" });
  }
  const tell = kernelEnd(figure, (message) => {
    if ("connected" in message) {
      connected = message.connected;
      button.hidden = !connected;
      if (!connected) mode(false);
    } else if ("value" in message) {
      const rows = rowsOf(message.value).filter((row) => row < view.category.length);
      if (!sameRows(view.selected, rows)) void mark(rows);
    }
  });
  button.addEventListener("click", () => mode(button.getAttribute("aria-pressed") !== "true"));
  const noteShift = ({ shiftKey }: PointerEvent): void => {
    adding = shiftKey;
  };
  view.box.addEventListener("pointerdown", noteShift, true);
  plot.on("plotly_selected", (event) => {
    if (event?.lassoPoints) choose([...(adding ? view.selected : []), ...selectedRows(view)]);
  });
  plot.on("plotly_deselect", () => choose([]));
  plot.on("plotly_click", (event) => {
    const row = event.points?.[0]?.customdata;
    if (row !== undefined) choose(adding ? toggled(view.selected, row) : [row]);
  });
  return { toggle: (point) => choose(toggled(view.selected, point)) };
}

function toggled(rows: ReadonlySet<number>, row: number): Set<number> {
  const others = new Set(rows);
  if (!others.delete(row)) others.add(row);
  return others;
}

/** Plotly's marks, trace by trace; none at all where nothing is selected, so that no point is faded. */
function marks({ plot, selected }: MapView): (number[] | null)[] {
  return plot.data.map(({ customdata = [] }) => {
    if (selected.size === 0) return null;
    return customdata.flatMap((row, place) => (selected.has(row) ? [place] : []));
  });
}

function selectedRows({ plot }: MapView): number[] {
  return plot.data.flatMap(({ customdata = [], selectedpoints }) =>
    (selectedpoints ?? []).map((place) => customdata[place]),
  );
}

/** As the kernel sends them, or as this page has set them. */
function rowsOf(value: unknown): number[] {
  if (value instanceof Uint32Array) return Array.from(value);
  if (!(value instanceof DataView)) return [];
  return Array.from({ length: value.byteLength / 4 }, (_, i) => value.getUint32(4 * i, true));
}

function sameRows(known: ReadonlySet<number>, rows: Iterable<number>): boolean {
  const others = new Set(rows);
  return others.size === known.size && [...others].every((row) => known.has(row));
}

function describe(figure: HTMLElement, { selected, category }: MapView): void {
  const words = figure.querySelector(".pl-selected") as HTMLElement;
  words.hidden = selected.size === 0;
  words.textContent = `${count(selected.size)} of ${count(category.length)} selected`;
}
