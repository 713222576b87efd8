/** Models compared: how often each is right, how sure that is, and whether the comparison is fair. */
import type { Comparison, ComparisonEntry } from "../core/compare/comparison.js";
import { ArgumentError } from "../core/errors.js";
import { type BarGroup, type BarTable, barTableMarkup } from "./bar-table.js";
import { drawBarTable } from "./bar-table-drawing.js";
import type { Caption, FigureOptions, MimeBundle } from "./bundle.js";
import { modelColours, modelsAtSize } from "./compared-models.js";
import { brokenMarkup, checksMarkup, checksText, drawBroken, drawChecks, failedChecks } from "./comparison-checks.js";
import { bundleOf, type Figure } from "./figure.js";
import { type PairNote, pairReading, pairWords } from "./paired-words.js";
import { type Drawing, stacked } from "./svg.js";
import { accuracy, counted, decimal, percent } from "./wording.js";

const columns: BarTable["columns"] = [
  { head: "model", width: 166 },
  { head: "accuracy", width: 104 },
  { head: "", width: 164, kind: "bar" },
  { head: "balanced accuracy", width: 118 },
  { head: "calibration error", width: 108 },
  { head: "log loss", width: 60 },
];

/**
 * Draws the table of a comparison: for each head the models with accuracy and interval, what McNemar's test says of each
 * two, and the checks of the comparison itself. A failed check stands above everything.
 *
 * @returns HTML without Plotly, PNG and text
 * @throws ArgumentError when the comparison has no entry
 */
export async function comparisonFigure(comparison: Comparison, options: FigureOptions = {}): Promise<MimeBundle> {
  return bundleOf(comparisonPart(comparison), options, `${counted(comparison.models.length, "model")} compared`);
}

/** The same, to be joined with others. */
export function comparisonPart(comparison: Comparison): Figure {
  if (comparison.entries.length === 0)
    throw new ArgumentError("comparison", "has no entry: compare at least one model with one head");
  const { checks } = comparison;
  const isBroken = failedChecks(checks).length > 0;
  const table = { columns, groups: groupsOf(comparison, isBroken) };
  const { first, last } = checksText(checks);
  return {
    widget: "comparison",
    body:
      brokenMarkup(checks) +
      `<div class="${isBroken ? "pl-invalid" : "pl-valid"}">${barTableMarkup(table)}</div>${checksMarkup(checks)}`,
    caption: caption(comparison, isBroken),
    drawing: stacked([...drawBroken(checks), faded(drawBarTable(table), isBroken), ...drawChecks(checks)], 18),
    text: [...first, ...table.groups.flatMap((group) => textOf(group, comparison)), ...last],
  };
}

function faded(drawing: Drawing, isBroken: boolean): Drawing {
  return isBroken ? { ...drawing, elements: `<g opacity=".45">${drawing.elements}</g>` } : drawing;
}

/** One group a head. A broken comparison calls no model better. */
function groupsOf({ heads, entries, pairs, models }: Comparison, isBroken: boolean): BarGroup[] {
  const colours = modelColours(models);
  const words = pairWords(pairs);
  return heads.map((head) => ({
    head: `With ${head}`,
    rows: entries.filter((entry) => entry.head === head).map((entry) => rowOf(entry, colours.get(entry.model))),
    notes: isBroken ? [] : differencesFirst(words.filter((_, i) => pairs[i].head === head)),
  }));
}

/** Where long lists fold, what differs stays in sight. */
function differencesFirst(notes: readonly PairNote[]): PairNote[] {
  return [...notes].sort((a, b) => Number(b.told) - Number(a.told));
}

function rowOf({ model, report }: ComparisonEntry, colour: string | undefined): BarGroup["rows"][number] {
  const { accuracy: right, balancedAccuracy, calibration, logLoss, majorityShare, rows } = report;
  return [
    { text: model, ...(colour === undefined ? {} : { dot: colour }) },
    { text: accuracy(right.value, rows), small: interval(report) },
    { share: right.value, low: right.low, high: right.high, limit: majorityShare, ...(colour ? { colour } : {}) },
    accuracy(balancedAccuracy, rows),
    accuracy(calibration.expectedError, rows),
    decimal(logLoss),
  ];
}

/** "79–92" */
function interval({ accuracy: { low, high }, rows }: ComparisonEntry["report"]): string {
  const [from, to] = [low, high].map((value) => accuracy(value, rows).replace(" %", ""));
  return `${from}\u2013${to}`;
}

function textOf({ head, notes = [] }: BarGroup, { entries }: Comparison): string[] {
  const lines = entries
    .filter((entry) => `With ${entry.head}` === head)
    .map(({ model, report }) => {
      const { accuracy: right, balancedAccuracy, calibration, logLoss, rows } = report;
      return (
        `  ${model}: accuracy ${accuracy(right.value, rows)} (${interval(report)}), balanced ${accuracy(balancedAccuracy, rows)}, ` +
        `calibration error ${accuracy(calibration.expectedError, rows)}, log loss ${decimal(logLoss)} nats`
      );
    });
  return [`${head}`, ...lines, ...notes.map(({ verdict, text }) => `  ${verdict} ${text}`)];
}

function caption(comparison: Comparison, isBroken: boolean): Caption {
  const { models, heads, labels, tested, splits, seed, entries, pairs } = comparison;
  const [{ report }] = entries;
  const level = percent(report.accuracy.level);
  // what is broken may be just that
  const reading = [
    isBroken
      ? ""
      : `Every model had the same pictures, the same ${counted(splits.length, "split")} into training, validation and test, the same heads and seed ${seed}.`,
    `The thin line on a bar, and the small numbers, are the ${level} interval of the accuracy; the dashed line, at ${percent(report.majorityShare)}, is what always naming the largest class reaches.`,
    "Balanced accuracy is the mean of the classes' own; the calibration error is how far confidence and accuracy lie apart on average, the log loss (nats) how surprising the truth was: of both, less is better.",
    isBroken ? "" : pairReading(pairs.length),
    ...leftOut(comparison),
  ];
  return {
    shows: `${isBroken ? "Broken comparison. " : ""}Accuracy of ${counted(models.length, "model")} with ${counted(heads.length, "head")} on ${counted(tested.length, "tested picture")} of ${counted(labels.classes.length, "class", "classes")}: ${modelsAtSize(models)}.`,
    reading: reading.filter(Boolean).join(" "),
    lookFor: isBroken
      ? "what failed, above the table: put it right and compare again."
      : "the sentences below the bars before the bars: models that are not told apart may differ by chance alone.",
  };
}

function leftOut({ failed, nearDuplicates, leaks }: Comparison): string[] {
  const alike = nearDuplicates.pairs.length;
  return [
    failed.length > 0
      ? `${counted(failed.length, "picture")} that a model could not read ${failed.length === 1 ? "is" : "are"} left out for all.`
      : "",
    alike > 0 && leaks.pairs.length === 0
      ? `${counted(alike, "pair")} of near-duplicates (cosine ${decimal(nearDuplicates.threshold)} or more) ${alike === 1 ? "was" : "were"} kept on one side of every split.`
      : "",
    leaks.testRows.length > 0
      ? `${counted(leaks.testRows.length, "tested picture")} ${leaks.testRows.length === 1 ? "has" : "have"} a near-duplicate (cosine ${decimal(leaks.threshold)} or more) among the training pictures.`
      : "",
  ];
}
