/** What `patchlab classify` says on a terminal of the classifier that it trained. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { headTensorsPath } from "../core/classify/head-file.js";
import type { HeadReport } from "../core/collection/train-head.js";
import type { ClassificationReport, ClassScores } from "../core/evaluate/classification-report.js";
import { largeGroups } from "../core/evaluate/row-groups.js";
import { worstFirst } from "../widgets/classification-words.js";
import { confusions } from "../widgets/confusion.js";
import { accuracy, count, counted, listed, percent, sentence, settingsWords, significant } from "../widgets/wording.js";
import type { ClassifyOptions, Trained } from "./classify.js";
import { quoted } from "./embed.js";
import { columns } from "./text-columns.js";

/** entries of a list; --json has all */
const mostEntries = 10;
const mostClasses = 30;
const mostMistakes = 5;

export function reportText(options: ClassifyOptions, { head, labels }: Trained): string {
  const parts = [
    labels.problems.length === 0 ? "" : problemsText(labels),
    leftOutText(head),
    trainedText(head),
    head.test ? resultText(head.test.report, head.test.splits.length) : untestableText,
    head.untested.length === 0 || !head.test ? "" : untestedText(head),
    head.test ? classesText(head.test.report) : "",
    head.test ? confusionsText(head.test.report) : "",
    duplicatesText(head),
    mistakesText(head),
    nextText(options),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function problemsText({ problems, file }: Trained["labels"]): string {
  const lines = problems.map(({ line, problem }) => `  line ${line} ${problem}`);
  return `${counted(problems.length, "row")} of ${file} could not be used:\n${some(lines)}`;
}

function leftOutText({ leftOut }: HeadReport): string {
  const bare = leftOut.filter(({ problem }) => problem === "no label");
  const broken = leftOut.filter(({ problem }) => problem !== "no label");
  const lines = broken.map(({ name, row, problem }) => `  ${name ?? `row ${row}`}: ${problem}`);
  const names = bare.slice(0, 3).map(({ name, row }) => name ?? `row ${row}`);
  const without = `${counted(bare.length, "picture")} without a label ${bare.length === 1 ? "was" : "were"} left out: ${names.join(", ")}${bare.length > names.length ? " …" : ""}`;
  const useless = `${counted(broken.length, "picture")} with a vector that says nothing:\n${some(lines)}`;
  return [...(bare.length > 0 ? [without] : []), ...(broken.length > 0 ? [useless] : [])].join("\n");
}

function trainedText({ training, labels, space }: HeadReport): string {
  const settings = settingsWords(training.chosen);
  const chosen = settings.length === 0 ? "" : ` (${settings.join(", ")})`;
  const classes = counted(labels.classes.length, "class", "classes");
  return `${sentence(training.head)}${chosen} on vectors of ${space?.modelName ?? "a model not named here"}, trained on ${counted(training.rows, "picture")} of ${classes}.`;
}

function resultText(
  { rows, correct, accuracy: found, majorityShare, balancedAccuracy, perClass }: ClassificationReport,
  parts: number,
): string {
  const share = (value: number) => accuracy(value, rows);
  const largest = perClass.reduce((most, one) => (one.support > most.support ? one : most));
  const even = Math.abs(balancedAccuracy - found.value) < 0.005;
  const facts = [
    [
      "accuracy",
      `${share(found.value)} (${count(correct)} of ${count(rows)}; ${percent(found.level)} interval ${share(found.low)} to ${share(found.high)})`,
    ],
    ...(even ? [] : [["balanced accuracy", share(balancedAccuracy)]]),
    ["for comparison", `${share(majorityShare)} if all were called ${largest.label}`],
  ];
  const doubt =
    found.low > majorityShare ? "" : `\nSo few pictures cannot tell this from calling all of them ${largest.label}.`;
  return `Tested in ${parts} parts, each judged by a classifier trained on the others:\n${columns(
    facts.map(([what, value]) => [`  ${what}`, value]),
    [0, 1],
  )}${doubt}`;
}

export const untestableText: string =
  "Nothing could be tested: that takes two classes of which each has two pictures that are no near-duplicates; --duplicates 0.99 takes fewer for such.";

function untestedText({ untested }: HeadReport): string {
  const names = untested
    .slice(0, mostEntries)
    .map(({ label, rows }) => (rows === 1 ? label : `${label} (${rows} near-duplicates)`));
  const more = untested.length - names.length;
  return `Trained on and not tested, having a single picture: ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function classesText(report: ClassificationReport): string {
  const tested = worstFirst(report);
  const row = ({ label, support, recall, precision }: ClassScores) => [
    ...[`  ${label}`, count(support), accuracy(recall, support), accuracy(precision, support)],
  ];
  const more = tested.length - mostClasses;
  const table = columns([
    ["  class, worst first", "pictures", "recall", "precision"],
    ...tested.slice(0, mostClasses).map(row),
  ]);
  return more > 0 ? `${table}\n  and ${more} more` : table;
}

function confusionsText(report: ClassificationReport): string {
  // single mistakes are chance
  const often = confusions(report)
    .filter(({ rows }) => rows > 1)
    .slice(0, 5);
  if (often.length === 0) return "";
  const supports = new Map(report.perClass.map(({ label, support }) => [label, support]));
  const lines = often.map(
    ({ truth, predicted, rows }) => `  ${truth} for ${predicted}: ${rows} of ${supports.get(truth)}`,
  );
  return `Most often mistaken:\n${lines.join("\n")}`;
}

function duplicatesText({ nearDuplicates: { groups, pairs, threshold }, pictures, labels }: HeadReport): string {
  if (pairs.length === 0) return "";
  const several = largeGroups(groups);
  const labelOf = (row: number) => labels.classes[labels.indices[row]];
  const named = (row: number) => `${pictures?.[row].name ?? `row ${row}`} (${labelOf(row)})`;
  // the same picture under two labels is worth knowing most
  const sorted = [...pairs].sort(
    (p, q) => Number(labelOf(p.a) === labelOf(p.b)) - Number(labelOf(q.a) === labelOf(q.b)),
  );
  const lines = sorted
    .slice(0, 3)
    .map(({ a, b, similarity }) => `  ${similarity.toFixed(3)}  ${named(a)} and ${named(b)}`);
  const total = several.flat().length;
  const more = pairs.length > lines.length ? `\n  and ${counted(pairs.length - lines.length, "more pair")}` : "";
  return `${counted(total, "picture")} in ${counted(several.length, "group")} of near-duplicates (cosine ${significant(threshold)} or more) stayed on one side of the test:\n${lines.join("\n")}${more}`;
}

function mistakesText({ mistakes }: HeadReport): string {
  if (!mistakes || mistakes.mistakes.length === 0) return "";
  const lines = mistakes.mistakes.map((one) => {
    const name = mistakes.pictures?.[one.row].name ?? `row ${one.row}`;
    const sure = `${percent(one.suggestedConfidence)} sure of ${one.suggested}, ${percent(one.givenConfidence)} of ${one.given}`;
    const like = `${one.neighboursSuggested} of ${one.neighbours.length} most similar are ${one.suggested}`;
    return `  ${name}\n    ${one.given}, or rather ${one.suggested}? (${sure}; ${like})`;
  });
  return `${counted(lines.length, "label")} worth a look, the likeliest mistakes first:\n${some(lines, mostMistakes)}`;
}

function nextText({ save, out, predict }: ClassifyOptions): string {
  const lines: string[] = [];
  if (save !== undefined) lines.push(`Kept in ${listed([save, headTensorsPath(save)])}.`);
  if (predict === undefined) {
    const use = save === undefined ? "HEAD.json" : quoted(save);
    const keep = save === undefined ? "Keep it with --save HEAD.json, then judge others" : "Judge other pictures";
    lines.push(`${keep}: npx patchlab classify FOLDER --use ${use} --csv predictions.csv`);
  }
  if (out !== undefined) lines.push(`Open ${pathToFileURL(resolve(out)).href}`);
  return lines.join("\n");
}

function some(lines: readonly string[], most: number = mostEntries): string {
  const shown = lines.slice(0, most);
  const more = lines.length - shown.length;
  return [...shown, ...(more > 0 ? [`  and ${count(more)} more: --json lists them all`] : [])].join("\n");
}
