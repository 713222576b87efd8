/** What a chart is made of, and where in it things lie. */
import { ArgumentError } from "../core/errors.js";
import { type Axis, type AxisRule, axisOf } from "./axis.js";
import { contentWidth, round } from "./svg.js";

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
export interface Frame {
  readonly across: Axis;
  readonly up: Axis;
  readonly atX: (share: number) => number;
  readonly atY: (share: number) => number;
  readonly width: number;
  readonly height: number;
}

/** Text and lines take the colour of what surrounds them, so that they suit light and dark. */
export const line = { text: "currentColor", faint: 'stroke="currentColor" stroke-opacity=".16"' };

/** @throws ArgumentError for a value that is not finite, or not above 0 on a logarithmic axis */
export function chartAxis(name: string, values: readonly number[], { scale = "linear", ...rest }: ChartAxis): Axis {
  const bad = values.find((value) => !Number.isFinite(value) || (scale === "log" && value <= 0));
  if (bad !== undefined)
    throw new ArgumentError("series", `have ${bad} as ${name}, which the ${scale} axis has no place for: leave it out`);
  return axisOf(values, { scale, ...rest });
}

const letter = 6.6;

export function frameOf(
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
