/**
 * The number that a standard normal variable stays below with a probability, found by bisection of its distribution.
 *
 * @param probability between 0 and 1, of 1e-9 or more to either side
 */
export function normalQuantile(probability: number): number {
  let [low, high] = [-7, 7];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (below(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The distribution function by its series about 0. @see Abramowitz & Stegun 1964, 26.2.11 */
function below(z: number): number {
  let term = z;
  let sum = z;
  for (let k = 1; Math.abs(term) > 1e-18 * Math.abs(sum); k++) {
    term *= (z * z) / (2 * k + 1);
    sum += term;
  }
  return 0.5 + (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}
