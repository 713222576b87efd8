/** The histogram above the slider: both have the same left and right ends, so the line stands over the thumb. */
import type { PatchMapData } from "../page-data.js";
import { baseConfig, baseLayout, followSize, type Plotly } from "./plotly.js";

type Histogram = Pick<PatchMapData, "edges" | "counts" | "threshold">;

/** Draws it and returns what moves its line. */
export async function drawHistogram(
  plotly: Plotly,
  place: HTMLElement,
  histogram: Histogram,
): Promise<(threshold: number) => void> {
  const { edges, counts, threshold } = histogram;
  const area = { type: "scatter", mode: "lines", fill: "tozeroy", line: { width: 0 }, hoverinfo: "skip" };
  const sides = areas(histogram, threshold);
  const traces = [
    { ...area, ...sides[0], fillcolor: "#a0a0a0" },
    { ...area, ...sides[1], fillcolor: "#d55e00" },
    {
      type: "scatter",
      mode: "markers",
      marker: { opacity: 0 },
      x: counts.map((_, i) => (edges[i] + edges[i + 1]) / 2),
      y: counts,
      customdata: counts.map((_, i) => `${edges[i].toFixed(2)} to ${edges[i + 1].toFixed(2)}`),
      hovertemplate: "%{y} patches<br>from %{customdata}<extra></extra>",
    },
  ];
  const axis = { showgrid: false, zeroline: false, showticklabels: false, fixedrange: true };
  const layout = {
    ...baseLayout,
    margin: { l: 0, r: 0, t: 4, b: 0 },
    hovermode: "x",
    dragmode: false,
    xaxis: { ...axis, range: [edges[0], edges[edges.length - 1]] },
    yaxis: { ...axis, range: [0, Math.max(...counts) * 1.05] },
    shapes: [line(threshold)],
  };
  place.replaceChildren();
  const element = await plotly.newPlot(place, traces, layout, baseConfig);
  followSize(plotly, element);
  return (at) => {
    const [below, above] = areas(histogram, at);
    void plotly.update(element, { x: [below.x, above.x], y: [below.y, above.y] }, { shapes: [line(at)] }, [0, 1]);
  };
}

function line(x: number): Record<string, unknown> {
  return { type: "line", x0: x, x1: x, y0: 0, y1: 1, yref: "paper", line: { width: 2, color: "#b84d00" } };
}

/** The outline of the bars on either side of the threshold. */
function areas(histogram: Histogram, threshold: number): [Outline, Outline] {
  const { edges } = histogram;
  return [outline(histogram, edges[0], threshold), outline(histogram, threshold, edges[edges.length - 1])];
}

interface Outline {
  x: number[];
  y: number[];
}

function outline({ edges, counts }: Histogram, from: number, to: number): Outline {
  const [x, y]: [number[], number[]] = [[], []];
  counts.forEach((count, i) => {
    const [left, right] = [Math.max(from, edges[i]), Math.min(to, edges[i + 1])];
    if (left >= right) return;
    x.push(left, right);
    y.push(count, count);
  });
  return { x, y };
}
