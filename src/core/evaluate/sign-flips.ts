/** Exact probabilities of sums whose terms may each as well have had the other sign. */
import { logFactorial } from "./log-factorial.js";

/**
 * How often a sum of whole numbers is at least so far from 0 where each of them has either sign like a coin. Terms of 1
 * alone are the coins of the binomial distribution, whose share is found at once; larger ones are added one by one.
 *
 * @returns above 0 to 1, or 0 where it is less than the smallest number
 */
export function signFlipProbability(terms: readonly number[]): number {
  const sizes = terms.map(Math.abs).filter((size) => size > 0);
  const least = Math.abs(terms.reduce((sum, term) => sum + term, 0));
  if (least === 0) return 1;
  const large = sizes.filter((size) => size > 1);
  const reach = large.reduce((sum, size) => sum + size, 0);
  const ways = waysToFall(large, reach);
  const beyond = coinTails(sizes.length - large.length);
  // place p of `ways` is the sum 2 p - reach; both ends count, and are alike
  const both = ways.reduce((sum, share, p) => sum + share * beyond(least - (2 * p - reach)), 0) * 2;
  return Math.min(1, both);
}

/** The probability that the sizes that fall on the positive side add up to p: [reach + 1]. */
function waysToFall(sizes: readonly number[], reach: number): Float64Array {
  const ways = new Float64Array(reach + 1);
  ways[0] = 1;
  let most = 0;
  for (const size of sizes) {
    most += size;
    for (let p = most; p >= 0; p--) ways[p] = (ways[p] + (p >= size ? ways[p - size] : 0)) / 2;
  }
  return ways;
}

/** The probability that `count` coins of 1 and -1 add up to a number or more. */
function coinTails(count: number): (least: number) => number {
  const tails = new Float64Array(count + 2);
  for (let heads = count; heads >= 0; heads--) {
    const log = logFactorial(count) - logFactorial(heads) - logFactorial(count - heads) - count * Math.LN2;
    tails[heads] = tails[heads + 1] + Math.exp(log);
  }
  return (least) => tails[Math.max(0, Math.min(count + 1, Math.ceil((least + count) / 2)))];
}
