/** The curve 1 / (1 + a d^2b) that says how strongly points at distance d of a map belong together. */

export interface Curve {
  a: number;
  b: number;
}

const samples = 300;
const mostSteps = 200;

/**
 * Fits a and b, by least squares, to the curve that is 1 up to `minDist` and decays by `spread` beyond it: the method
 * of Levenberg and Marquardt over 300 distances from 0 to 3 spreads, as umap-learn fits them.
 *
 * @param minDist 0 to spread
 * @param spread above 0
 * @see McInnes, Healy & Melville 2018, arXiv:1802.03426, section 3.2
 */
export function fitCurve(minDist: number, spread: number): Curve {
  const distances = Float64Array.from({ length: samples }, (_, i) => (3 * spread * i) / (samples - 1));
  const targets = distances.map((d) => (d < minDist ? 1 : Math.exp(-(d - minDist) / spread)));
  // a d^2b is 1 at half membership, so that the start suits any spread
  let curve = { a: spread ** -2, b: 1 };
  let error = squaredError(curve, distances, targets);
  let damping = 1e-3;
  for (let step = 0; step < mostSteps && damping < 1e12; step++) {
    const next = dampedStep(curve, distances, targets, damping);
    const nextError = squaredError(next, distances, targets);
    if (next.a > 0 && next.b > 0 && nextError < error) {
      const gained = error - nextError;
      curve = next;
      error = nextError;
      damping /= 10;
      if (gained <= 1e-15 * error) break;
    } else damping *= 10;
  }
  return curve;
}

function squaredError({ a, b }: Curve, distances: Float64Array, targets: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < samples; i++) sum += (targets[i] - 1 / (1 + a * distances[i] ** (2 * b))) ** 2;
  return sum;
}

function dampedStep({ a, b }: Curve, distances: Float64Array, targets: Float64Array, damping: number): Curve {
  let [aa, ab, bb, ar, br] = [0, 0, 0, 0, 0];
  for (let i = 1; i < samples; i++) {
    const power = distances[i] ** (2 * b);
    const value = 1 / (1 + a * power);
    const byA = -power * value * value;
    const byB = byA * a * 2 * Math.log(distances[i]);
    const residual = targets[i] - value;
    aa += byA * byA;
    ab += byA * byB;
    bb += byB * byB;
    ar += byA * residual;
    br += byB * residual;
  }
  aa *= 1 + damping;
  bb *= 1 + damping;
  const determinant = aa * bb - ab * ab;
  return { a: a + (bb * ar - ab * br) / determinant, b: b + (aa * br - ab * ar) / determinant };
}
