/** How few labelled pictures are enough: accuracy by their number a class, a curve a model. */
import type { Comparison } from "../core/compare/comparison.js";
import { ArgumentError } from "../core/errors.js";
import type { LabelEfficiency } from "../core/evaluate/label-efficiency.js";
import type { FigureOptions, MimeBundle } from "./bundle.js";
import { chartElements } from "./chart.js";
import type { ChartSeries } from "./chart-frame.js";
import { modelColours, modelsAtSize } from "./compared-models.js";
import { bundleOf, type Figure } from "./figure.js";
import { chartDrawing, chartMarkup } from "./line-chart.js";
import { contentWidth } from "./svg.js";
import { accuracy, counted, listed, modelAtSize, percent } from "./wording.js";

export interface EfficiencyChartOptions extends FigureOptions {
  /** one a curve, for curves that do not come from a comparison @default their heads */
  readonly names?: readonly string[];
  /** a dashed line, such as the share of the largest class @default that of a comparison */
  readonly chance?: number;
}

interface NamedCurve {
  readonly name: string;
  readonly curve: LabelEfficiency;
  readonly colour?: string;
}

const height = 360;

/**
 * Draws accuracy against the labelled pictures a class, on a logarithmic axis: the mean of several draws of training
 * pictures, and a band from the worst draw to the best.
 *
 * @param what a comparison, or the curves themselves
 * @returns HTML without Plotly, PNG and text
 * @throws ArgumentError when there is no curve, or none of them has a point
 */
export async function efficiencyChart(
  what: Comparison | LabelEfficiency | readonly LabelEfficiency[],
  options: EfficiencyChartOptions = {},
): Promise<MimeBundle> {
  return bundleOf(efficiencyPart(what, options), options, "Accuracy by labelled pictures a class");
}

/** Whether there is anything to draw: comparisons of few pictures have no curves. */
export function hasEfficiency({ models }: Comparison): boolean {
  return models.some(({ labelEfficiency }) => labelEfficiency && labelEfficiency.points.length > 0);
}

/** The same, to be joined with others. */
export function efficiencyPart(
  what: Comparison | LabelEfficiency | readonly LabelEfficiency[],
  options: EfficiencyChartOptions = {},
): Figure {
  const curves = curvesOf(what, options);
  const points = curves.flatMap(({ curve }) => curve.points);
  if (points.length === 0)
    throw new ArgumentError("curves", "hold no point: compare on more labelled pictures a class");
  const chance = options.chance ?? ("models" in what ? what.entries[0]?.report.majorityShare : undefined);
  const perClass = [...new Set(points.map((point) => point.perClass))].sort((a, b) => a - b);
  const elements = chartElements(curves.map(seriesOf), {
    x: { label: "labelled pictures a class", scale: "log", ticks: perClass, text: String },
    y: { label: "accuracy", text: (value) => `${Number((100 * value).toFixed(1))} %` },
    ...{ height, names: "ends" },
    levels: chance === undefined ? [] : [{ at: chance, label: "always the largest class" }],
  });
  const name = `Accuracy against labelled pictures a class: ${curves.map((one) => one.name).join(", ")}`;
  return {
    widget: "line-chart",
    body: chartMarkup(elements, contentWidth, height, name),
    caption: caption(what, curves, options, chance),
    drawing: chartDrawing(elements, height),
    text: curves.flatMap(textOf),
  };
}

function curvesOf(
  what: Comparison | LabelEfficiency | readonly LabelEfficiency[],
  { names, modelName }: EfficiencyChartOptions,
): NamedCurve[] {
  if ("models" in what) {
    const colours = modelColours(what.models);
    return what.models.flatMap(({ name, labelEfficiency }) =>
      labelEfficiency ? [{ name, curve: labelEfficiency, colour: colours.get(name)! }] : [],
    );
  }
  const list = "points" in what ? [what] : what;
  return list.map((curve, i) => ({
    name: names?.[i] ?? (list.length === 1 ? modelName : undefined) ?? curve.head,
    curve,
  }));
}

function seriesOf({ name, curve, colour }: NamedCurve): ChartSeries {
  const points = curve.points.map(({ perClass, mean, low, high }) => ({ x: perClass, y: mean, low, high }));
  return { name, points, ...(colour === undefined ? {} : { colour }) };
}

function textOf({ name, curve: { points, testRows } }: NamedCurve): string[] {
  const lines = points.map(
    ({ perClass, mean, low, high }) =>
      `  ${perClass} a class: ${accuracy(mean, testRows)} (${accuracy(low, testRows)} to ${accuracy(high, testRows)})`,
  );
  return [name, ...lines];
}

function caption(
  what: Parameters<typeof efficiencyPart>[0],
  curves: readonly NamedCurve[],
  options: EfficiencyChartOptions,
  chance: number | undefined,
): Figure["caption"] {
  const [{ curve }] = curves;
  const heads = listed([...new Set(curves.map((one) => one.curve.head))]);
  const by = "models" in what ? modelsAtSize(what.models) : modelAtSize(options.modelName, options.size);
  const level =
    chance === undefined
      ? ""
      : ` The dashed line, at ${percent(chance)}, is what always naming the largest class reaches.`;
  return {
    shows: `Accuracy of ${heads} on ${counted(curve.testRows, "tested picture")} by the number of labelled pictures a class: ${by}.`,
    reading: `Each point is the mean of ${counted(curve.draws, "draw")} of training pictures, the band runs from the worst draw to the best; all are tested on the same pictures.${level}`,
    lookFor:
      "how far left a curve is already high: such a model needs few labels. Where bands lie over each other, the models do not differ clearly.",
  };
}
