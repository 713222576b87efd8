/** What tests on the same pictures say of two models, in words that let nobody read a difference into noise. */
import type { ComparedPair } from "../core/compare/comparison.js";
import { holm } from "../core/evaluate/holm.js";
import type { BarNote } from "./bar-table.js";
import { count, probability } from "./wording.js";

/** A difference that chance alone makes less often than this counts. */
const level = 0.05;

/** One sentence a pair, in their order; the verdict allows for the number of all pairs that were tested. */
export function pairWords(pairs: readonly ComparedPair[]): BarNote[] {
  const corrected = holm(pairs.map(({ test }) => test.pValue));
  return pairs.map((pair, i) => ({ verdict: verdict(pair, corrected[i], pairs.length), text: counts(pair) }));
}

/**
 * The same as whole sentences, with the head where there are several of those, for texts.
 *
 * @param told those that are wanted @default all that were tested
 */
export function pairSentences(pairs: readonly ComparedPair[], told: readonly ComparedPair[] = pairs): string[] {
  const several = new Set(told.map(({ head }) => head)).size > 1;
  return pairWords(pairs).flatMap(({ verdict: said, text }, i) =>
    told.includes(pairs[i]) ? [`${several ? `With ${pairs[i].head}: ` : ""}${said} ${text}`] : [],
  );
}

function verdict({ a, b, test: { onlyA, onlyB, pValue } }: ComparedPair, corrected: number, tests: number): string {
  if (corrected < level) return onlyA > onlyB ? `${a} is better than ${b}:` : `${b} is better than ${a}:`;
  // one test in twenty falls below the level where there is no difference at all
  return pValue < level ? `Not told apart, since one of ${count(tests)} tests easily comes out so:` : "Not told apart:";
}

function counts({ a, b, test: { onlyA, onlyB, pValue } }: ComparedPair): string {
  if (onlyA + onlyB === 0) return `${a} and ${b} are right, and wrong, on the same pictures.`;
  return `${a} right and ${b} wrong on ${count(onlyA)}, the reverse on ${count(onlyB)}: ${probability(pValue)}.`;
}

/** What p is, and how many of them there are. */
export function pairReading(tests: number): string {
  if (tests === 0) return "";
  const corrected = tests > 1 ? `, corrected for the ${count(tests)} tests made here (Holm),` : "";
  return (
    "p (McNemar's test) is how often chance alone would divide the pictures that only one of two got right at least " +
    `so unevenly; a model is called better where p${corrected} is below ${level}.`
  );
}
