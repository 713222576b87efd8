/** Curves: how one number follows another, such as recall the time of a search. */
import { ArgumentError } from "../core/errors.js";
import { type Axis, axisOf } from "./axis.js";
import type { FigureOptions, MimeBundle } from "./bundle.js";
import { bundleOf } from "./figure.js";
import { markPath } from "./marks.js";
import { escapeHtml } from "./markup.js";
import { categoryStyles } from "./palette.js";
import { contentWidth, ink, svgText } from "./svg.js";
import { counted, significant } from "./wording.js";

export interface ChartSeries {
  name: string;
  /** in the order in which they are joined; one alone stands as a mark */
  points: readonly { x: number; y: number; label?: string }[];
}

export interface ChartAxis {
  /** what it measures, with the unit */
  label: string;
  /** @default "linear" */
  scale?: "linear" | "log";
}

export interface LineChartOptions extends FigureOptions {
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  /** what the reader should notice @default nothing */
  readonly lookFor?: string;
}

const height = 340;
const box = { left: 56, right: 24, top: 26, bottom: 44 };

/**
 * Draws one curve or several, each point named by its label.
 *
 * @throws ArgumentError when there is no point, one is not finite, or not above 0 on a logarithmic axis
 * @example show(await lineChart([{ name: "HNSW", points }], { x: { label: "ms a query", scale: "log" }, y: { label: "recall@10" } }));
 */
export async function lineChart(series: readonly ChartSeries[], options: LineChartOptions): Promise<MimeBundle> {
  const { x, y, lookFor } = options;
  const points = series.flatMap((one) => one.points);
  if (points.length === 0) throw new ArgumentError("series", "hold no point: give at least one");
  const [across, up] = [
    axis(
      "x",
      points.map((p) => p.x),
      x,
    ),
    axis(
      "y",
      points.map((p) => p.y),
      y,
    ),
  ];
  const elements =
    frame(across, up, x, y) +
    legend(series) +
    series.map((one, i) => curve(one, i, series.length, across, up)).join("");
  const names = series.map(({ name }) => name).join(", ");
  return bundleOf(
    {
      widget: "line-chart",
      body: `<svg class="pl-chart" viewBox="0 0 ${contentWidth} ${height}" role="img" aria-label="${escapeHtml(`${y.label} against ${x.label}: ${names}`)}">${elements}</svg>`,
      caption: {
        shows: `${y.label} against ${x.label}, ${counted(points.length, "point")}: ${names}.`,
        ...(lookFor === undefined ? {} : { lookFor }),
      },
      drawing: { elements: `<g color="${ink.text}">${elements}</g>`, height },
      text: series.flatMap((one) => [
        one.name,
        ...one.points.map((p) => `  ${p.label ?? ""}  ${x.label} ${significant(p.x)}  ${y.label} ${significant(p.y)}`),
      ]),
    },
    options,
    `${y.label} against ${x.label}`,
  );
}

function axis(name: string, values: readonly number[], { scale = "linear" }: ChartAxis): Axis {
  const bad = values.find((value) => !Number.isFinite(value) || (scale === "log" && value <= 0));
  if (bad !== undefined)
    throw new ArgumentError("series", `have ${bad} as ${name}, which the ${scale} axis has no place for: leave it out`);
  return axisOf(values, scale);
}

const atX = (share: number): number => box.left + share * (contentWidth - box.left - box.right);
const atY = (share: number): number => height - box.bottom - share * (height - box.top - box.bottom);

/** Text and lines take the colour of what surrounds them, so that they suit light and dark. */
const line = { text: "currentColor", faint: 'stroke="currentColor" stroke-opacity=".16"' };

function frame(across: Axis, up: Axis, x: ChartAxis, y: ChartAxis): string {
  const columns = across.ticks.map(({ at, text }) => {
    const place = atX(at);
    return (
      `<path d="M${place} ${atY(0)}V${atY(1)}" ${line.faint}/>` +
      svgText(text, place, atY(0) + 17, { size: 11, colour: line.text, anchor: "middle" })
    );
  });
  const rows = up.ticks.map(({ at, text }) => {
    const place = atY(at);
    return (
      `<path d="M${atX(0)} ${place}H${atX(1)}" ${line.faint}/>` +
      svgText(text, atX(0) - 8, place + 4, { size: 11, colour: line.text, anchor: "end" })
    );
  });
  const labels =
    svgText(x.label, atX(1), height - 8, { size: 12, colour: line.text, anchor: "end" }) +
    svgText(y.label, 0, 12, { size: 12, colour: line.text });
  return columns.join("") + rows.join("") + labels;
}

function curve({ points, name }: ChartSeries, i: number, of: number, across: Axis, up: Axis): string {
  const { colour } = categoryStyles(of)[i];
  const places = points.map((point) => ({ x: atX(across.place(point.x)), y: atY(up.place(point.y)), point }));
  const path = places.map((p, k) => `${k === 0 ? "M" : "L"}${p.x.toFixed(1)} ${p.y.toFixed(1)}`).join("");
  const marks = places.map(({ x, y, point }) => {
    const title = `${name}${point.label ? `, ${point.label}` : ""}: ${significant(point.x)}, ${significant(point.y)}`;
    // labels near the right edge stand at the left of their mark
    const anchor = x > contentWidth - 120 ? "end" : "start";
    const label = point.label
      ? svgText(point.label, x + (anchor === "end" ? -7 : 7), y + 14, { size: 10.5, colour: line.text, anchor })
      : "";
    return `<path d="${markPath("circle", x, y, 4)}" fill="${colour}"><title>${escapeHtml(title)}</title></path>${label}`;
  });
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${marks.join("")}`;
}

function legend(series: readonly ChartSeries[]): string {
  let right = contentWidth - box.right;
  return [...series.entries()]
    .reverse()
    .map(([i, { name }]) => {
      const { colour } = categoryStyles(series.length)[i];
      const text = svgText(name, right, 12, { size: 12, colour: line.text, anchor: "end" });
      right -= name.length * 7.2 + 14;
      const mark = `<path d="${markPath("circle", right + 4, 8, 4)}" fill="${colour}"/>`;
      right -= 14;
      return text + mark;
    })
    .join("");
}
