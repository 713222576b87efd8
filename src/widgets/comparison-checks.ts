/** The checks of a comparison: that it is broken stands above everything, that it is sound below. */
import type { CheckName, ComparisonCheck } from "../core/compare/comparison.js";
import { escapeHtml } from "./markup.js";
import { contentWidth, type Drawing, ink, stacked, svgLines } from "./svg.js";
import { count, counted, sentence } from "./wording.js";

/** What it means that the answer is no. */
const broken: Readonly<Partial<Record<CheckName, string>>> = {
  "every trained parameter moved": "a head never trained",
  "pictures prepared as each model wants them": "pictures were not prepared as the model wants them",
  "train and test disjoint": "it was tested on what it was trained on",
  "the same pictures seen by all": "the models did not see the same pictures",
};

/** The colour of what must not be overlooked, in still pictures. */
const alarm = "#b3001b";

export function failedChecks(checks: readonly ComparisonCheck[]): ComparisonCheck[] {
  return checks.filter((check) => !check.passed);
}

/** "This comparison is broken: a head never trained." */
export function brokenWords(failed: readonly ComparisonCheck[]): string {
  const words = new Set(failed.map(({ name }) => broken[name] ?? `not so: ${name}`));
  return `This comparison is broken: ${[...words].join("; ")}.`;
}

/** The finding, with the model and the head at fault where it does not name them itself. */
function foundOf({ model, head, finding }: ComparisonCheck): string {
  const at = [model, head].filter((name) => name !== undefined && !finding.includes(name)).join(" with ");
  return at === "" ? finding : `${at}: ${finding}`;
}

/** Nothing where all passed. */
export function brokenMarkup(checks: readonly ComparisonCheck[]): string {
  const failed = failedChecks(checks);
  if (failed.length === 0) return "";
  const items = failed.map(
    (check) => `<li><b>${escapeHtml(sentence(check.name))}?</b> No. ${escapeHtml(foundOf(check))}</li>`,
  );
  return (
    `<div class="pl-broken" role="alert"><p>${escapeHtml(brokenWords(failed))}</p><ul>${items.join("")}</ul>` +
    "<p>The numbers below say nothing about the models.</p></div>"
  );
}

/** Every check with what it found. */
export function checksMarkup(checks: readonly ComparisonCheck[]): string {
  if (checks.length === 0) return "";
  const items = checks.map((check) => {
    const words = check.passed ? "passed" : "failed";
    return (
      `<li class="pl-${words}"><svg viewBox="0 0 16 16" role="img" aria-label="${words}"><path d="${markOf(check)}"/></svg>` +
      `<span><b>${escapeHtml(sentence(check.name))}.</b> ${escapeHtml(foundOf(check))}</span></li>`
    );
  });
  return `<div class="pl-heads">${headWords(checks)}</div><ul class="pl-checks">${items.join("")}</ul>`;
}

function headWords(checks: readonly ComparisonCheck[]): string {
  const failed = failedChecks(checks).length;
  return failed === 0
    ? `Whether the comparison is fair: ${counted(checks.length, "check")}, all passed`
    : `Whether the comparison is fair: ${count(failed)} of ${counted(checks.length, "check")} failed`;
}

/** A tick or a cross in a box of 16. */
function markOf({ passed }: ComparisonCheck): string {
  return passed ? "M2 9l4 4 8-10" : "M3 3l10 10M13 3l-10 10";
}

export function drawBroken(checks: readonly ComparisonCheck[]): Drawing[] {
  const failed = failedChecks(checks);
  if (failed.length === 0) return [];
  const [left, width] = [18, contentWidth - 18];
  const words = stacked(
    [
      svgLines(brokenWords(failed), left, 14, width, { size: 17, weight: 600, colour: alarm }),
      ...failed.map((check) => svgLines(`${sentence(check.name)}? No. ${foundOf(check)}`, left, 12, width)),
      svgLines("The numbers below say nothing about the models.", left, 12, width),
    ],
    4,
  );
  const bar = `<rect width="6" height="${words.height + 4}" fill="${alarm}"/>`;
  return [{ elements: bar + words.elements, height: words.height + 4 }];
}

export function drawChecks(checks: readonly ComparisonCheck[]): Drawing[] {
  if (checks.length === 0) return [];
  const lines = checks.map((check) => {
    const { elements, height } = svgLines(`${sentence(check.name)}. ${foundOf(check)}`, 20, 12, contentWidth - 20, {
      size: 11,
    });
    const colour = check.passed ? ink.text : alarm;
    const mark = `<path d="${markOf(check)}" transform="translate(0 2) scale(.75)" fill="none" stroke="${colour}" stroke-width="2"/>`;
    return { elements: mark + elements, height };
  });
  return [stacked([svgLines(headWords(checks), 0, 14, contentWidth, { weight: 600 }), ...lines], 3)];
}

/** Failures first, as they stand above everything. */
export function checksText(checks: readonly ComparisonCheck[]): { first: string[]; last: string[] } {
  const failed = failedChecks(checks);
  const lines = failed.map((check) => `  ${check.name}? No. ${foundOf(check)}`);
  const passed = checks.filter((check) => check.passed).map((check) => `  ${check.name}: ${foundOf(check)}`);
  return {
    first: failed.length === 0 ? [] : [brokenWords(failed), ...lines],
    last: passed.length === 0 ? [] : ["checks that passed", ...passed],
  };
}
