/** How a head learned: loss and accuracy epoch by epoch, on what it trained on and on what it did not. */
import type { LearningPoint, TrainingNotes } from "../core/classify/head.js";
import { ArgumentError } from "../core/errors.js";
import type { Caption, FigureOptions, MimeBundle } from "./bundle.js";
import { chartElements } from "./chart.js";
import type { ChartSeries } from "./chart-frame.js";
import { bundleOf, type Figure } from "./figure.js";
import { chartDrawing, chartMarkup } from "./line-chart.js";
import { contentWidth } from "./svg.js";
import { counted, modelAtSize, percent, significant } from "./wording.js";

export interface LearningCurvesOptions extends FigureOptions {
  /** what learned, for the caption @default "a head" */
  readonly head?: string;
}

const [gap, height] = [24, 300];
const width = (contentWidth - gap) / 2;
/** with more epochs, dots run into each other */
const mostDots = 24;

/**
 * Draws cross-entropy and accuracy by epoch, on training and on validation rows, with the best epoch marked.
 *
 * @param notes of the training, or its epochs alone
 * @returns HTML without Plotly, PNG and text
 * @throws ArgumentError when there is no epoch: k-NN, centroids and logistic regression learn in none
 */
export async function learningCurves(
  notes: TrainingNotes | readonly LearningPoint[],
  options: LearningCurvesOptions = {},
): Promise<MimeBundle> {
  const figure = learningPart(notes, options);
  return bundleOf(figure, options, "Learning curves");
}

/** The same, to be joined with others. */
export function learningPart(
  notes: TrainingNotes | readonly LearningPoint[],
  options: LearningCurvesOptions = {},
): Figure {
  const epochs: readonly LearningPoint[] = "chosen" in notes ? (notes.epochs ?? []) : notes;
  if (epochs.length === 0)
    throw new ArgumentError("notes", "hold no epoch: only heads that learn in epochs have curves");
  const best = bestEpoch(epochs);
  const elements = [lossChart(epochs, best), accuracyChart(epochs, best)]
    .map((chart, i) => `<g transform="translate(${i * (width + gap)} 0)">${chart}</g>`)
    .join("");
  return {
    widget: "line-chart",
    body: chartMarkup(elements, contentWidth, height, `Loss and accuracy over ${counted(epochs.length, "epoch")}`),
    caption: caption(epochs, best, options),
    drawing: chartDrawing(elements, height),
    text: [...(best ? [`best epoch: ${wordsOf(best)}`] : []), `last epoch: ${wordsOf(epochs.at(-1)!)}`],
  };
}

/** The one with the least validation loss, the first of equals; none without validation. */
function bestEpoch(epochs: readonly LearningPoint[]): LearningPoint | undefined {
  const known = epochs.filter(({ validationLoss }) => validationLoss !== undefined);
  return known.reduce<LearningPoint | undefined>(
    (best, point) => (best === undefined || point.validationLoss! < best.validationLoss! ? point : best),
    undefined,
  );
}

function lossChart(epochs: readonly LearningPoint[], best: LearningPoint | undefined): string {
  return chart(
    [curveOf("training", epochs, (p) => p.trainLoss), curveOf("validation", epochs, (p) => p.validationLoss)],
    { label: "cross-entropy, nats", reach: [0] },
    best,
    epochs.length,
  );
}

function accuracyChart(epochs: readonly LearningPoint[], best: LearningPoint | undefined): string {
  return chart(
    [curveOf("training", epochs, (p) => p.trainAccuracy), curveOf("validation", epochs, (p) => p.validationAccuracy)],
    { label: "accuracy", reach: [0, 1], text: (value: number) => `${Math.round(100 * value)} %` },
    best,
    epochs.length,
  );
}

function curveOf(
  name: string,
  epochs: readonly LearningPoint[],
  value: (point: LearningPoint) => number | undefined,
): ChartSeries {
  const points = epochs.flatMap((point) => {
    const y = value(point);
    return y === undefined ? [] : [{ x: point.epoch, y }];
  });
  return { name, points };
}

function chart(
  series: readonly ChartSeries[],
  y: Parameters<typeof chartElements>[1]["y"],
  best: LearningPoint | undefined,
  epochs: number,
): string {
  return chartElements(
    series.filter(({ points }) => points.length > 0),
    {
      ...{ x: { label: "epoch", text: wholeEpoch }, y, width, height, names: "ends", dots: epochs <= mostDots },
      columns: best ? [{ at: best.epoch, label: `best epoch ${best.epoch}` }] : [],
    },
  );
}

/** Nothing between two epochs. */
function wholeEpoch(value: number): string {
  return Number.isInteger(value) ? String(value) : "";
}

function wordsOf({ epoch, trainLoss, trainAccuracy, validationLoss, validationAccuracy }: LearningPoint): string {
  const validation =
    validationLoss === undefined
      ? ""
      : `, validation loss ${significant(validationLoss)} nats${validationAccuracy === undefined ? "" : ` and accuracy ${percent(validationAccuracy)}`}`;
  return `${epoch}: training loss ${significant(trainLoss)} nats and accuracy ${percent(trainAccuracy)}${validation}`;
}

function caption(
  epochs: readonly LearningPoint[],
  best: LearningPoint | undefined,
  { head = "a head", modelName, size }: LearningCurvesOptions,
): Caption {
  const on = modelName === undefined ? "" : ` on ${modelAtSize(modelName, size)}`;
  return {
    shows: `How ${head}${on} learned in ${counted(epochs.length, "epoch")}: loss at the left, accuracy at the right.`,
    reading: best
      ? `The dashed line marks epoch ${best.epoch}, with the least validation loss, where early stopping stops. Validation rows train nothing.`
      : "There were no validation rows: nothing says when it began to learn by heart.",
    lookFor: best
      ? "curves that part: from there on it learns the training pictures by heart. A flat curve from the first epoch on means that nothing was learned."
      : "a curve that falls: a flat one means that nothing was learned.",
  };
}
