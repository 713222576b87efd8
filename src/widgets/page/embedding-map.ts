/** The embedding map: pictures on it and under the pointer, arrow keys from point to point, labels that toggle. */
import { none } from "../categories.js";
import type { EmbeddingMapData } from "../page-data.js";
import { uncategorised } from "../palette.js";
import { bytes, float32, uint16 } from "./decode.js";
import { connect } from "./kernel.js";
import { type Direction, towards } from "./nearest-point.js";
import { drawPictures } from "./picture-layer.js";
import { baseConfig, baseLayout, followSize, type PlotElement, type Plotly, withPlotly } from "./plotly.js";
import { type Selection, selection } from "./selection.js";
import { tooltip } from "./tooltip.js";

/** A map that is drawn, and what its parts share. */
export interface MapView {
  data: EmbeddingMapData;
  /** x and y of each point */
  points: Float32Array;
  /** place of each point's category */
  category: Uint16Array;
  /** 1 where the sheet holds the point's picture */
  present: Uint8Array;
  sheet?: HTMLImageElement;
  /** categories that are switched off */
  hidden: Set<number>;
  /** points that the reader has selected; empty where all count alike */
  selected: Set<number>;
  /** the box that the map fills */
  box: HTMLElement;
  plot: PlotElement;
}

export function mountEmbeddingMap(figure: HTMLElement, data: EmbeddingMapData): void {
  withPlotly(figure, (plotly) => draw(figure, data, plotly));
}

async function draw(figure: HTMLElement, data: EmbeddingMapData, plotly: Plotly): Promise<void> {
  const box = figure.querySelector(".pl-map") as HTMLElement;
  const place = document.createElement("div");
  const points = float32(data.points);
  const category = uint16(data.category);
  place.className = "pl-plot";
  box.replaceChildren(place);
  const { traces, groups } = tracesOf(data, points, category);
  const plot = await plotly.newPlot(place, traces, layout(points), baseConfig);
  const sheet = figure.querySelector<HTMLImageElement>(".pl-sheet");
  const present = data.sheet ? bytes(data.sheet.present) : new Uint8Array(category.length);
  const view: MapView = { data, points, category, present, hidden: new Set(), selected: new Set(), box, plot };
  if (sheet) view.sheet = sheet;
  await sheet?.decode().catch(() => {});
  const pictures = figure.querySelector<HTMLInputElement>(".pl-pictures");
  const redraw = drawPictures(view, () => pictures?.checked ?? false);
  const tip = tooltip(view, figure.querySelector(".pl-live") as HTMLElement);
  pictures?.addEventListener("change", redraw);
  plot.on("plotly_hover", (event) => tip.show(event.points?.[0]?.customdata));
  plot.on("plotly_click", (event) => tip.show(event.points?.[0]?.customdata));
  plot.on("plotly_unhover", () => tip.hide());
  const moved = (): void => {
    tip.hide();
    redraw();
  };
  plot.on("plotly_relayout", moved);
  followSize(plotly, plot, moved);
  figure.querySelector(".pl-whole")?.addEventListener("click", () => {
    void plotly.relayout(plot, { ...ranges(points) });
  });
  steps(view, tip, selection(figure, view, plotly, redraw));
  legend(figure, view, groups, plotly, moved);
  connect(figure);
}

/** One trace a category, in the order of the legend; points without a label come first and lie lowest. */
function tracesOf(
  { categories }: EmbeddingMapData,
  points: Float32Array,
  category: Uint16Array,
): { traces: Record<string, unknown>[]; groups: number[] } {
  const members = new Map<number, number[]>();
  category.forEach((place, i) => {
    const list = members.get(place) ?? [];
    list.push(i);
    members.set(place, list);
  });
  const groups = [...members.keys()].sort((a, b) => (a === none ? -1 : b === none ? 1 : a - b));
  const n = category.length;
  const type = n > 5000 && hasWebGl() ? "scattergl" : "scatter";
  const size = n > 20000 ? 3 : n > 5000 ? 4 : n > 1000 ? 6 : 9;
  const traces = groups.map((place) => {
    const style = place === none ? { colour: uncategorised, symbol: "circle" } : categories[place];
    const rows = members.get(place) ?? [];
    return {
      type,
      mode: "markers",
      x: rows.map((i) => points[2 * i]),
      y: rows.map((i) => points[2 * i + 1]),
      customdata: rows,
      hoverinfo: "none",
      marker: {
        size,
        symbol: style.symbol,
        color: style.colour,
        line: { width: n > 5000 ? 0 : 0.6, color: "rgba(0,0,0,0.3)" },
      },
    };
  });
  return { traces, groups };
}

function hasWebGl(): boolean {
  return document.createElement("canvas").getContext("webgl") !== null;
}

function layout(points: Float32Array): Record<string, unknown> {
  const { "xaxis.range": x, "yaxis.range": y } = ranges(points);
  const axis = { visible: false, zeroline: false };
  return {
    ...baseLayout,
    margin: { l: 0, r: 0, t: 0, b: 0 },
    hovermode: "closest",
    hoverdistance: 30,
    dragmode: "zoom",
    newselection: { line: { color: "#d55e00", width: 1.5 } },
    xaxis: { ...axis, range: x },
    yaxis: { ...axis, range: y, scaleanchor: "x" },
  };
}

/** The whole map with room at its border for the pictures. */
function ranges(points: Float32Array): { "xaxis.range": [number, number]; "yaxis.range": [number, number] } {
  const span = (offset: 0 | 1): [number, number] => {
    let [low, high] = [Infinity, -Infinity];
    for (let i = offset; i < points.length; i += 2) {
      low = Math.min(low, points[i]);
      high = Math.max(high, points[i]);
    }
    const room = 0.06 * (high - low) || 1;
    return [low - room, high + room];
  };
  return { "xaxis.range": span(0), "yaxis.range": span(1) };
}

const arrows: Record<string, Direction> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

function steps(view: MapView, tip: ReturnType<typeof tooltip>, chosen: Selection): void {
  const { box, points, category, hidden } = view;
  const visible = (i: number): boolean => !hidden.has(category[i]);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") tip.hide();
    if (event.key === "Enter" && tip.current !== undefined) chosen.toggle(tip.current);
    const direction = arrows[event.key];
    if (!direction) return;
    event.preventDefault();
    tip.show(towards(points, tip.current, direction, visible), true);
  });
  box.addEventListener("blur", () => tip.hide());
}

function legend(figure: HTMLElement, view: MapView, groups: number[], plotly: Plotly, redraw: () => void): void {
  figure.querySelectorAll<HTMLButtonElement>(".pl-key").forEach((button, place) => {
    button.addEventListener("click", () => {
      const on = view.hidden.has(place);
      if (on) view.hidden.delete(place);
      else view.hidden.add(place);
      button.setAttribute("aria-pressed", String(on));
      void plotly.restyle(view.plot, { visible: on }, [groups.indexOf(place)]).then(redraw);
    });
  });
}
