/** Curves with bands on two axes, as SVG that takes the colour of what surrounds it: the same in pages and in pictures. */
import { ArgumentError } from "../core/errors.js";
import { type Axis, type AxisRule, axisOf } from "./axis.js";
import { markPath } from "./marks.js";
import { escapeXml } from "./markup.js";
import { categoryStyles } from "./palette.js";
import { contentWidth, svgText } from "./svg.js";
import { significant } from "./wording.js";

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  readonly label?: string;
  /** how far it may be off: a band around the curve */
  readonly low?: number;
  readonly high?: number;
}

export interface ChartSeries {
  readonly name: string;
  /** in the order in which they are joined; one alone stands as a mark */
  readonly points: readonly ChartPoint[];
  /** @default of the palette, by its place among the series */
  readonly colour?: string;
}

export interface ChartAxis extends Partial<AxisRule> {
  /** what it measures, with the unit */
  readonly label: string;
}

/** A line across the chart at a place that matters. */
export interface ChartMark {
  readonly at: number;
  readonly label: string;
}

export interface ChartOptions {
  readonly x: ChartAxis;
  readonly y: ChartAxis;
  /** @default 720 units */
  readonly width?: number;
  /** @default 340 units */
  readonly height?: number;
  /** where a series' name stands: beside its end, or in a legend above @default "legend" */
  readonly names?: "legend" | "ends";
  /** vertical lines */
  readonly columns?: readonly ChartMark[];
  /** horizontal lines */
  readonly levels?: readonly ChartMark[];
  /** dots on the curves @default true */
  readonly dots?: boolean;
}

/** Where a chart's curves lie, in units. */
interface Frame {
  readonly across: Axis;
  readonly up: Axis;
  readonly atX: (share: number) => number;
  readonly atY: (share: number) => number;
  readonly width: number;
  readonly height: number;
}

/** Text and lines take the colour of what surrounds them, so that they suit light and dark. */
const line = { text: "currentColor", faint: 'stroke="currentColor" stroke-opacity=".16"' };

/**
 * The elements of a chart.
 *
 * @throws ArgumentError when there is no point, one is not finite, or not above 0 on a logarithmic axis
 */
export function chartElements(series: readonly ChartSeries[], options: ChartOptions): string {
  const points = series.flatMap((one) => one.points);
  if (points.length === 0) throw new ArgumentError("series", "hold no point: give at least one");
  const { x, y, names = "legend", columns = [], levels = [] } = options;
  const across = axis("x", [...points.map((p) => p.x), ...columns.map(({ at }) => at)], x);
  const up = axis("y", [...points.flatMap(extent), ...levels.map(({ at }) => at)], y);
  const frame = frameOf(across, up, series, options);
  const colours = series.map(({ colour }, i) => colour ?? categoryStyles(series.length)[i].colour);
  return (
    grid(frame, x, y) +
    series.map((one, i) => band(one, colours[i], frame)).join("") +
    levels.map((mark) => levelLine(mark, frame)).join("") +
    columns.map((mark) => columnLine(mark, frame)).join("") +
    series.map((one, i) => curve(one, colours[i], frame, options.dots ?? true)).join("") +
    (names === "ends" ? endNames(series, colours, frame) : legend(series, colours, frame))
  );
}

function extent({ y, low, high }: ChartPoint): number[] {
  return [y, ...[low, high].filter((value) => value !== undefined)];
}

function axis(name: string, values: readonly number[], { scale = "linear", ...rest }: ChartAxis): Axis {
  const bad = values.find((value) => !Number.isFinite(value) || (scale === "log" && value <= 0));
  if (bad !== undefined)
    throw new ArgumentError("series", `have ${bad} as ${name}, which the ${scale} axis has no place for: leave it out`);
  return axisOf(values, { scale, ...rest });
}

const letter = 6.6;

function frameOf(
  across: Axis,
  up: Axis,
  series: readonly ChartSeries[],
  { width = contentWidth, height = 340, names, columns = [] }: ChartOptions,
): Frame {
  const longest = Math.max(...series.map(({ name }) => name.length));
  const right = names === "ends" ? Math.min(0.3 * width, 20 + letter * longest) : 24;
  // labels of vertical lines stand between the axis' own and the curves
  const [left, top, bottom] = [56, columns.length > 0 ? 40 : 26, 44];
  return {
    ...{ across, up, width, height },
    atX: (share) => round(left + share * (width - left - right)),
    atY: (share) => round(height - bottom - share * (height - top - bottom)),
  };
}

function grid({ across, up, atX, atY, height }: Frame, x: ChartAxis, y: ChartAxis): string {
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

/** From the lows forth and along the highs back. */
function band({ points }: ChartSeries, colour: string, { across, up, atX, atY }: Frame): string {
  const known = points.filter(({ low, high }) => low !== undefined && high !== undefined);
  if (known.length === 0) return "";
  const at = (p: ChartPoint, value: number): string => `${atX(across.place(p.x))} ${atY(up.place(value))}`;
  const forth = known.map((p) => at(p, p.low!));
  const back = known.map((p) => at(p, p.high!)).reverse();
  // a band of one point is a line
  const stroke = known.length === 1 ? `stroke="${colour}" stroke-width="2" stroke-opacity=".5"` : "";
  return `<path d="M${[...forth, ...back].join("L")}z" fill="${colour}" fill-opacity=".16" ${stroke}/>`;
}

function curve({ points, name }: ChartSeries, colour: string, frame: Frame, dots: boolean): string {
  const { across, up, atX, atY, width } = frame;
  const places = points.map((point) => ({ x: atX(across.place(point.x)), y: atY(up.place(point.y)), point }));
  const path = places.map((p, k) => `${k === 0 ? "M" : "L"}${p.x} ${p.y}`).join("");
  const marks = places.map(({ x, y, point }) => {
    const title = `${name}${point.label ? `, ${point.label}` : ""}: ${significant(point.x)}, ${significant(point.y)}`;
    // labels near the right edge stand at the left of their mark
    const anchor = x > width - 120 ? "end" : "start";
    const label = point.label
      ? svgText(point.label, x + (anchor === "end" ? -7 : 7), y + 14, { size: 10.5, colour: line.text, anchor })
      : "";
    return `<path d="${markPath("circle", x, y, 4)}" fill="${colour}"><title>${escapeXml(title)}</title></path>${label}`;
  });
  const shown = dots || points.length === 1 ? marks.join("") : "";
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${shown}`;
}

function columnLine({ at, label }: ChartMark, { across, atX, atY }: Frame): string {
  const x = atX(across.place(at));
  return (
    `<path d="M${x} ${atY(0)}V${atY(1)}" stroke="currentColor" stroke-dasharray="3 3"/>` +
    svgText(label, x, atY(1) - 5, { size: 11, colour: line.text, anchor: "middle" })
  );
}

function levelLine({ at, label }: ChartMark, { up, atX, atY }: Frame): string {
  const y = atY(up.place(at));
  return (
    `<path d="M${atX(0)} ${y}H${atX(1)}" stroke="currentColor" stroke-dasharray="3 3" stroke-opacity=".7"/>` +
    svgText(label, atX(1) - 4, y - 5, { size: 11, colour: line.text, anchor: "end" })
  );
}

/** Names beside the ends of their curves, moved apart where these lie close together. */
function endNames(
  series: readonly ChartSeries[],
  colours: readonly string[],
  { across, up, atX, atY, height }: Frame,
): string {
  const step = 15;
  const ends = series
    .map(({ name, points }, i) => ({ name, colour: colours[i], last: points.at(-1) }))
    .flatMap(({ last, ...rest }) => (last ? [{ ...rest, x: atX(across.place(last.x)), y: atY(up.place(last.y)) }] : []))
    .sort((a, b) => a.y - b.y);
  const places = ends.map(({ y }) => y);
  for (let i = 1; i < places.length; i++) places[i] = Math.max(places[i], places[i - 1] + step);
  // those pushed past the bottom go back up
  for (let i = places.length - 1, most = height - 46; i >= 0; i--, most = places[i + 1] - step)
    places[i] = Math.min(places[i], most);
  return ends
    .map(({ name, colour, x, y }, i) => {
      const lead =
        Math.abs(places[i] - y) > 3
          ? `<path d="M${x + 6} ${y}L${x + 12} ${round(places[i])}" stroke="${colour}"/>`
          : "";
      return lead + svgText(name, x + 14, round(places[i] + 4), { size: 12, colour: line.text });
    })
    .join("");
}

function legend(series: readonly ChartSeries[], colours: readonly string[], { width }: Frame): string {
  let right = width - 24;
  return [...series.entries()]
    .reverse()
    .map(([i, { name }]) => {
      const text = svgText(name, right, 12, { size: 12, colour: line.text, anchor: "end" });
      right -= name.length * 7.2 + 14;
      const mark = `<path d="${markPath("circle", right + 4, 8, 4)}" fill="${colours[i]}"/>`;
      right -= 14;
      return text + mark;
    })
    .join("");
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}
