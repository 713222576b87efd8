/** What tests on the same pictures say of two models, in words that let nobody read a difference into noise. */
import type { ComparedPair } from "../core/compare/comparison.js";
import { holm } from "../core/evaluate/holm.js";
import type { BarNote } from "./bar-table.js";
import { count, named, probability } from "./wording.js";

/** A difference that chance alone makes less often than this counts. */
const level = 0.05;

export interface PairNote extends BarNote {
  /** whether one of the two is called better */
  readonly told: boolean;
}

/** One sentence a pair, in their order; the verdict allows for the number of all pairs that were tested. */
export function pairWords(pairs: readonly ComparedPair[]): PairNote[] {
  const corrected = holm(pairs.map(({ test }) => test.pValue));
  return pairs.map((pair, i) => {
    const ahead = moreOftenRight(pair);
    const told = corrected[i] < level;
    return {
      told,
      verdict: told ? `${ahead.better} is better than ${ahead.other}:` : noVerdict(pair, pairs.length),
      text: counts(ahead),
    };
  });
}

interface Ahead {
  readonly better: string;
  readonly other: string;
  readonly wins: number;
  readonly losses: number;
  readonly pValue: number;
}

function moreOftenRight({ test: { onlyA, onlyB, pValue }, ...pair }: ComparedPair): Ahead {
  const [a, b] = [named(pair.a), named(pair.b)];
  return onlyA >= onlyB
    ? { better: a, other: b, wins: onlyA, losses: onlyB, pValue }
    : { better: b, other: a, wins: onlyB, losses: onlyA, pValue };
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

/** One test in twenty falls below the level where there is no difference at all. */
function noVerdict({ test: { pValue } }: ComparedPair, tests: number): string {
  return pValue < level ? `Not told apart, since one of ${count(tests)} tests easily comes out so:` : "Not told apart:";
}

function counts({ better, other, wins, losses, pValue }: Ahead): string {
  if (wins === 0) return `${better} and ${other} are right, and wrong, on the same pictures.`;
  return `${better} right and ${other} wrong on ${count(wins)}, the reverse on ${count(losses)}: ${probability(pValue)}.`;
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
