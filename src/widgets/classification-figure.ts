/** How well one classifier does: overall, class by class, what it mixes up, and whether its confidence can be believed. */
import { ArgumentError } from "../core/errors.js";
import type { ClassificationReport, ClassScores } from "../core/evaluate/classification-report.js";
import { type BarTable, barMarkup, barTableMarkup, drawBar, drawBarTable } from "./bar-table.js";
import type { Caption, FigureOptions, MimeBundle } from "./bundle.js";
import {
  confusionMarkup,
  confusions,
  confusionWords,
  drawConfusion,
  mostClasses,
  mostOpenClasses,
} from "./confusion.js";
import { bundleOf, type Figure } from "./figure.js";
import { chartDrawing, chartMarkup } from "./line-chart.js";
import { escapeHtml } from "./markup.js";
import { overconfidence, reliabilityElements, reliabilitySize } from "./reliability.js";
import { contentWidth, type Drawing, ink, stacked, svgLines, svgText } from "./svg.js";
import { accuracy, count, counted, decimal, modelAtSize, percent } from "./wording.js";

export interface ClassificationFigureOptions extends FigureOptions {
  /** what classified, for the caption, such as "logistic regression" @default not said */
  readonly head?: string;
  /** classes that are open, those recognised worst first; the others fold @default 12 */
  readonly openClasses?: number;
}

const columns: BarTable["columns"] = [
  { head: "class", width: 150 },
  { head: "pictures", width: 64 },
  { head: "recall", width: 60 },
  { head: "", width: 180, kind: "bar" },
  { head: "precision", width: 76 },
  { head: "otherwise taken for", width: 190, kind: "words" },
];

const classesHead = "Class by class, the worst recognised first";

/** Classes drawn in the still picture. */
const mostDrawn = 16;

/**
 * Draws the record of `classificationReport`: accuracy with its interval, recall and precision class by class, the
 * confusion matrix, and how confidence and accuracy go together.
 *
 * @returns HTML without Plotly, PNG and text
 * @throws ArgumentError when no row was judged
 */
export async function classificationFigure(
  report: ClassificationReport,
  options: ClassificationFigureOptions = {},
): Promise<MimeBundle> {
  return bundleOf(classificationPart(report, options), options, `Classification of ${counted(report.rows, "picture")}`);
}

/** The same, to be joined with others. */
export function classificationPart(report: ClassificationReport, options: ClassificationFigureOptions = {}): Figure {
  if (report.rows === 0) throw new ArgumentError("report", "is of no row: classify at least one");
  const table = { columns, groups: [{ rows: worstFirst(report).map((scores) => rowOf(scores, report)) }] };
  return {
    widget: "classification",
    body:
      resultMarkup(report) +
      `<div class="pl-heads">${classesHead}</div>` +
      barTableMarkup(table, options.openClasses ?? 12, (n) => counted(n, "more class", "more classes")) +
      `<div class="pl-diagrams">${matrixMarkup(report)}${reliabilityMarkup(report)}</div>`,
    caption: caption(report, options),
    drawing: draw(report, table),
    text: textOf(report),
  };
}

function worstFirst({ perClass }: ClassificationReport): ClassScores[] {
  return perClass.filter(({ support }) => support > 0).sort((a, b) => a.recall - b.recall);
}

function rowOf(
  { label, support, recall, precision }: ClassScores,
  report: ClassificationReport,
): BarTable["groups"][0]["rows"][0] {
  const others = confusions(report).filter(({ truth }) => truth === label);
  const words = others.slice(0, 3).map(({ predicted, rows }) => `${predicted} ${count(rows)}`);
  const more = others.length > 3 ? ", …" : "";
  return [
    label,
    count(support),
    accuracy(recall, support),
    { share: recall },
    accuracy(precision, support),
    words.join(", ") + more,
  ];
}

/** "between 79 and 92 %" and what always naming the largest class reaches. */
function resultWords({
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

function resultMarkup(report: ClassificationReport): string {
  const { value, low, high } = report.accuracy;
  return (
    `<div class="pl-result"><span class="pl-value">${accuracy(value, report.rows)}</span>` +
    `<span>${escapeHtml(resultWords(report))}</span><div aria-hidden="true">` +
    `${barMarkup({ share: value, low, high, limit: report.majorityShare })}</div></div>`
  );
}

function matrixMarkup(report: ClassificationReport): string {
  const n = report.classes.length;
  if (report.correct === report.rows) return "";
  if (n <= mostOpenClasses) return `<div>${confusionMarkup(report)}</div>`;
  const words = `<p class="pl-mixed">Most often mixed up: ${escapeHtml(confusionWords(report, 12))}.</p>`;
  const whole =
    n <= mostClasses
      ? `<details class="pl-more"><summary>Show all of ${count(n)} classes as a table</summary>${confusionMarkup(report)}</details>`
      : "";
  return `<div>${words}${whole}</div>`;
}

function reliabilityMarkup({ calibration }: ClassificationReport): string {
  if (calibration.bins.length === 0) return "";
  const { width, height } = reliabilitySize;
  const chart = chartMarkup(
    reliabilityElements(calibration),
    width,
    height,
    `Share of right answers by confidence; ${calibrationWords(calibration)}`,
  );
  return `<div><div class="pl-heads">Whether its confidence can be believed</div><div class="pl-reliability">${chart}</div></div>`;
}

/** "on average it is 12 points surer than it is right" */
function calibrationWords(calibration: ClassificationReport["calibration"]): string {
  const points = Math.round(overconfidence(calibration));
  if (points === 0) return "on average it is as sure as it is right";
  const n = counted(Math.abs(points), "point");
  return points > 0
    ? `on average it is ${n} surer than it is right`
    : `on average it is ${n} less sure than it is right`;
}

function caption(report: ClassificationReport, options: ClassificationFigureOptions): Caption {
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

function draw(report: ClassificationReport, table: BarTable): Drawing {
  const { value, low, high } = report.accuracy;
  const big = svgText(accuracy(value, report.rows), 0, 24, { size: 26 });
  const words = svgLines(resultWords(report), 100, 12, contentWidth - 100);
  const bar = drawBar({ share: value, low, high, limit: report.majorityShare }, 0, 42, contentWidth);
  const mixed = report.correct < report.rows;
  const matrix = !mixed
    ? []
    : report.classes.length <= mostOpenClasses
      ? [drawConfusion(report)]
      : [svgLines(`Most often mixed up: ${confusionWords(report, 12)}.`, 0, 12, contentWidth)];
  return stacked(
    [
      { elements: big + words.elements + bar, height: 62 },
      svgLines(classesHead, 0, 14, contentWidth, { weight: 600 }),
      drawBarTable(table, mostDrawn, (n) => `and ${counted(n, "more class", "more classes")}`),
      ...matrix,
      ...drawReliability(report),
    ],
    22,
  );
}

function drawReliability({ calibration }: ClassificationReport): Drawing[] {
  if (calibration.bins.length === 0) return [];
  const { elements, height } = chartDrawing(reliabilityElements(calibration), reliabilitySize.height);
  const title = svgText("Whether its confidence can be believed", 0, 14, { weight: 600, colour: ink.text });
  return [{ elements: `${title}<g transform="translate(0 26)">${elements}</g>`, height: height + 26 }];
}

function textOf(report: ClassificationReport): string[] {
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
