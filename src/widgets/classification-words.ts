/** What a report on a classifier says of itself. */
import type { ClassificationReport, ClassScores } from "../core/evaluate/classification-report.js";
import type { Caption, FigureOptions } from "./bundle.js";
import { confusionWords, mostOpenClasses } from "./confusion.js";
import { overconfidence } from "./reliability.js";
import { accuracy, count, counted, decimal, modelAtSize, percent } from "./wording.js";

export interface ClassificationFigureOptions extends FigureOptions {
  /** what classified, for the caption, such as "logistic regression" @default not said */
  readonly head?: string;
  /** classes that are open, those recognised worst first; the others fold @default 12 */
  readonly openClasses?: number;
}

export const classesHead = "Class by class, the worst recognised first";

/** Classes drawn in the still picture. */
export const mostDrawn = 16;

export function worstFirst({ perClass }: ClassificationReport): ClassScores[] {
  return perClass.filter(({ support }) => support > 0).sort((a, b) => a.recall - b.recall);
}

/** "between 79 and 92 %" and what always naming the largest class reaches. */
export function resultWords({
  accuracy: { low, high, level },
  rows,
  correct,
  majorityShare,
  perClass,
}: ClassificationReport): string {
  const [from, to] = [accuracy(low, rows).replace(" %", ""), accuracy(high, rows)];
  const largest = perClass.reduce((most, scores) => (scores.support > most.support ? scores : most), perClass[0]);
  return (
    `${count(correct)} of ${counted(rows, "picture")} right; ${percent(level)} interval ${from} to ${to}. ` +
    `Always saying ${largest.label} would reach ${percent(majorityShare)}.`
  );
}

/** "on average it is 12 points surer than it is right" */
export function calibrationWords(calibration: ClassificationReport["calibration"]): string {
  const points = Math.round(overconfidence(calibration));
  if (points === 0) return "on average it is as sure as it is right";
  const n = counted(Math.abs(points), "point");
  return points > 0
    ? `on average it is ${n} surer than it is right`
    : `on average it is ${n} less sure than it is right`;
}

export function caption(report: ClassificationReport, options: ClassificationFigureOptions): Caption {
  const { rows, classes, balancedAccuracy, calibration, logLoss } = report;
  const head = options.head === undefined ? "" : `${options.head} on `;
  const matrix =
    classes.length <= mostOpenClasses && report.correct < rows
      ? "In the table of what was taken for what, right answers lie on the diagonal and colour is the share of the row."
      : "";
  return {
    shows: `Accuracy ${accuracy(report.accuracy.value, rows)} on ${counted(rows, "picture")} of ${counted(classes.length, "class", "classes")} by ${head}${modelAtSize(options.modelName, options.size)}.`,
    reading: [
      "The thin line on the bar is the interval of the accuracy, the dashed line what always naming the largest class reaches.",
      `Recall is the share of a class that was recognised (mean ${accuracy(balancedAccuracy, rows)}, the balanced accuracy), precision the share right among what was taken for it.`,
      matrix,
      `Dots below the dashed diagonal are answers surer than they are right; a larger dot stands for more pictures: ${calibrationWords(calibration)} (expected calibration error ${accuracy(calibration.expectedError, rows)}, log loss ${decimal(logLoss)} nats).`,
    ]
      .filter(Boolean)
      .join(" "),
    lookFor:
      "classes at the top of the list and what they are taken for; with few pictures a class, one picture moves its recall much.",
  };
}

export function textOf(report: ClassificationReport): string[] {
  const { rows, calibration, logLoss, balancedAccuracy } = report;
  const classes = worstFirst(report).map(
    ({ label, support, recall, precision }) =>
      `  ${label}: recall ${accuracy(recall, support)} of ${count(support)}, precision ${accuracy(precision, support)}`,
  );
  const more =
    classes.length > mostDrawn ? [`  … ${counted(classes.length - mostDrawn, "more class", "more classes")}`] : [];
  return [
    `accuracy ${accuracy(report.accuracy.value, rows)}: ${resultWords(report)}`,
    `balanced accuracy ${accuracy(balancedAccuracy, rows)}, expected calibration error ${accuracy(calibration.expectedError, rows)}, log loss ${decimal(logLoss)} nats`,
    classesHead,
    ...classes.slice(0, mostDrawn),
    ...more,
    ...(report.correct < rows ? [`mixed up: ${confusionWords(report, 5)}`] : []),
  ];
}
