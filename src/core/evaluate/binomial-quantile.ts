import { logFactorial } from "./log-factorial.js";

/**
 * The smallest number of successes that a binomial variable stays at or below with at least `probability`.
 *
 * @param trials how many
 * @param chance of success in each, between 0 and 1
 */
export function binomialQuantile(probability: number, trials: number, chance: number): number {
  const odds = Math.log(chance) - Math.log1p(-chance);
  const empty = logFactorial(trials) + trials * Math.log1p(-chance);
  let sum = 0;
  for (let k = 0; k < trials; k++) {
    sum += Math.exp(empty + k * odds - logFactorial(k) - logFactorial(trials - k));
    // sums that are the probability but for rounding have reached it
    if (sum >= probability * (1 - 1e-12)) return k;
  }
  return trials;
}
