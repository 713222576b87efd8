/** How well one classifier does: overall, class by class, what it mixes up, and whether its confidence can be believed. */
import { ArgumentError } from "../core/errors.js";
import type { ClassificationReport, ClassScores } from "../core/evaluate/classification-report.js";
import { type BarTable, barMarkup, barTableMarkup } from "./bar-table.js";
import { drawBar, drawBarTable } from "./bar-table-drawing.js";
import type { MimeBundle } from "./bundle.js";
import {
  type ClassificationFigureOptions,
  calibrationWords,
  caption,
  classesHead,
  mostDrawn,
  resultWords,
  textOf,
  worstFirst,
} from "./classification-words.js";
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
import { reliabilityElements, reliabilitySize } from "./reliability.js";
import { contentWidth, type Drawing, ink, stacked, svgLines, svgText } from "./svg.js";
import { accuracy, count, counted } from "./wording.js";

export type { ClassificationFigureOptions } from "./classification-words.js";

const columns: BarTable["columns"] = [
  { head: "class", width: 150 },
  { head: "pictures", width: 64 },
  { head: "recall", width: 60 },
  { head: "", width: 180, kind: "bar" },
  { head: "precision", width: 76 },
  { head: "otherwise taken for", width: 190, kind: "words" },
];

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
  const words = `<p class="pl-mixed">${escapeHtml(mixedWords(report))}</p>`;
  const whole =
    n <= mostClasses
      ? `<details class="pl-more"><summary>Show all of ${count(n)} classes as a table</summary>${confusionMarkup(report)}</details>`
      : "";
  return `<div>${words}${whole}</div>`;
}

function mixedWords(report: ClassificationReport): string {
  return `Most often mixed up: ${confusionWords(report, 12)}.`;
}

const reliabilityHead = "Whether its confidence can be believed";

function reliabilityMarkup({ calibration }: ClassificationReport): string {
  if (calibration.bins.length === 0) return "";
  const { width, height } = reliabilitySize;
  const chart = chartMarkup(
    reliabilityElements(calibration),
    width,
    height,
    `Share of right answers by confidence; ${calibrationWords(calibration)}`,
  );
  return `<div><div class="pl-heads">${reliabilityHead}</div><div class="pl-reliability">${chart}</div></div>`;
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
      : [svgLines(mixedWords(report), 0, 12, contentWidth)];
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
  const title = svgText(reliabilityHead, 0, 14, { weight: 600, colour: ink.text });
  return [{ elements: `${title}<g transform="translate(0 26)">${elements}</g>`, height: height + 26 }];
}
