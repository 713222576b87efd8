/** The checks of a comparison: that it is broken stands above everything, that it is sound below. */
import type { CheckName, ComparisonCheck } from "../core/compare/comparison.js";
import { escapeHtml, fold } from "./markup.js";
import { contentWidth, type Drawing, ink, stacked, svgLines } from "./svg.js";
import { count, counted, listed, named, sentence } from "./wording.js";

/** What it means that the answer is no. */
const broken: Readonly<Partial<Record<CheckName, string>>> = {
  "every trained parameter moved": "a head never trained",
  "pictures prepared as each model wants them": "pictures were not prepared as the model wants them",
  "train and test disjoint": "it was tested on what it was trained on",
  "the same pictures seen by all": "the models did not see the same pictures",
};

const noWords = "The numbers below say nothing about the models.";

/** The colour of what must not be overlooked, in still pictures. */
const alarm = "#b3001b";

/** All answers to one question. */
interface Question {
  readonly name: CheckName;
  readonly passed: boolean;
  readonly answers: readonly ComparisonCheck[];
  /** what was found, in sentences: equal findings are said once, with the models and heads that they hold for */
  readonly findings: readonly string[];
}

export function failedChecks(checks: readonly ComparisonCheck[]): ComparisonCheck[] {
  return checks.filter((check) => !check.passed);
}

/** "This comparison is broken: a head never trained." */
export function brokenWords(failed: readonly ComparisonCheck[]): string {
  const words = new Set(failed.map(({ name }) => broken[name] ?? `not so: ${name}`));
  return `This comparison is broken: ${[...words].join("; ")}.`;
}

/** One a question, in the order of their first answers. */
function questionsOf(checks: readonly ComparisonCheck[]): Question[] {
  return [...new Set(checks.map(({ name }) => name))].map((name) => {
    const answers = checks.filter((check) => check.name === name);
    return { name, answers, passed: failedChecks(answers).length === 0, findings: findingsOf(answers) };
  });
}

function findingsOf(answers: readonly ComparisonCheck[]): string[] {
  return [...new Set(answers.map(({ finding }) => finding))].map((finding) => {
    const those = answers.filter((answer) => answer.finding === finding);
    const whose = those.map((answer) => whoseOf(answer)).filter((words) => words !== "");
    const text = finding.replace(/\.$/, "");
    return `${whose.length === 0 ? sentence(text) : `${listed(whose)}: ${text}`}.`;
  });
}

/** The model and the head, where there are any and the finding does not name them itself. */
function whoseOf({ model, head, finding }: ComparisonCheck): string {
  const names = [model, head].filter((name) => name !== undefined && !finding.includes(name));
  return names.map((name) => named(name!)).join(" with ");
}

/** Nothing where all passed. */
export function brokenMarkup(checks: readonly ComparisonCheck[]): string {
  const failed = failedChecks(checks);
  if (failed.length === 0) return "";
  const items = failedLines(failed).map(
    ({ name, finding }) => `<li><b>${escapeHtml(sentence(name))}?</b> No. ${escapeHtml(finding)}</li>`,
  );
  const list = (those: readonly string[]): string => `<ul>${those.join("")}</ul>`;
  return (
    `<div class="pl-broken" role="alert"><p>${escapeHtml(brokenWords(failed))}</p>` +
    `${fold(items, 4, list, (n) => `${count(n)} more of what failed`)}<p>${noWords}</p></div>`
  );
}

function failedLines(failed: readonly ComparisonCheck[]): { name: string; finding: string }[] {
  return questionsOf(failed).flatMap(({ name, findings }) => findings.map((finding) => ({ name, finding })));
}

/** Every question with what was found. */
export function checksMarkup(checks: readonly ComparisonCheck[]): string {
  if (checks.length === 0) return "";
  const items = questionsOf(checks).map((question) => {
    const words = question.passed ? "passed" : "failed";
    return (
      `<li class="pl-${words}"><svg viewBox="0 0 16 16" role="img" aria-label="${words}"><path d="${markOf(question)}"/></svg>` +
      `<div><b>${escapeHtml(sentence(question.name))}${tally(question)}</b> ${findingsMarkup(question)}</div></li>`
    );
  });
  return `<div class="pl-heads">${headWords(checks)}</div><ul class="pl-checks">${items.join("")}</ul>`;
}

/** ", 6 of 6." where several were asked. */
function tally({ answers }: Question): string {
  const right = answers.length - failedChecks(answers).length;
  return answers.length === 1 ? "." : `, ${count(right)} of ${count(answers.length)}.`;
}

function findingsMarkup({ findings, passed }: Question): string {
  const words = findings.map(escapeHtml);
  // what failed stands above already
  if (findings.length <= 2 && passed) return words.join(" ");
  return `<details><summary>Show what was found</summary><ul>${words.map((one) => `<li>${one}</li>`).join("")}</ul></details>`;
}

function headWords(checks: readonly ComparisonCheck[]): string {
  const failed = failedChecks(checks).length;
  return failed === 0
    ? `Whether the comparison is fair: ${counted(checks.length, "check")}, all passed`
    : `Whether the comparison is fair: ${count(failed)} of ${counted(checks.length, "check")} failed`;
}

/** A tick or a cross in a box of 16. */
function markOf({ passed }: Pick<Question, "passed">): string {
  return passed ? "M2 9l4 4 8-10" : "M3 3l10 10M13 3l-10 10";
}

export function drawBroken(checks: readonly ComparisonCheck[]): Drawing[] {
  const failed = failedChecks(checks);
  if (failed.length === 0) return [];
  const [left, width] = [18, contentWidth - 18];
  const lines = failedLines(failed).slice(0, 6);
  const words = stacked(
    [
      svgLines(brokenWords(failed), left, 14, width, { size: 17, weight: 600, colour: alarm }),
      ...lines.map(({ name, finding }) => svgLines(`${sentence(name)}? No. ${finding}`, left, 12, width)),
      svgLines(noWords, left, 12, width),
    ],
    4,
  );
  const bar = `<rect width="6" height="${words.height + 4}" fill="${alarm}"/>`;
  return [{ elements: bar + words.elements, height: words.height + 4 }];
}

export function drawChecks(checks: readonly ComparisonCheck[]): Drawing[] {
  if (checks.length === 0) return [];
  const lines = questionsOf(checks).map((question) => {
    const found = question.findings.length <= 2 && question.passed ? question.findings.join(" ") : "";
    const text = `${sentence(question.name)}${tally(question)} ${found}`;
    const { elements, height } = svgLines(text, 20, 12, contentWidth - 20, { size: 11 });
    const colour = question.passed ? ink.text : alarm;
    const mark = `<path d="${markOf(question)}" transform="translate(0 2) scale(.75)" fill="none" stroke="${colour}" stroke-width="2"/>`;
    return { elements: mark + elements, height };
  });
  return [stacked([svgLines(headWords(checks), 0, 14, contentWidth, { weight: 600 }), ...lines], 3)];
}

/** Failures first, as they stand above everything. */
export function checksText(checks: readonly ComparisonCheck[]): { first: string[]; last: string[] } {
  const failed = failedChecks(checks);
  const lines = failedLines(failed).map(({ name, finding }) => `  ${name}? No. ${finding}`);
  const passed = questionsOf(checks)
    .filter((question) => question.passed)
    .map((question) => `  ${question.name}${tally(question)} ${question.findings.join(" ")}`);
  return {
    first: failed.length === 0 ? [] : [brokenWords(failed), ...lines],
    last: passed.length === 0 ? [] : ["checks that passed", ...passed],
  };
}
