/**
 * The directions in which centred rows vary most, roughly: by a random block that the rows' covariance is applied to a
 * few times, which costs a few products with the rows and no square of their width.
 *
 * @see Halko, Martinsson & Tropp 2011, arXiv:0909.4061
 */
import { inTurns } from "../numeric/in-turns.js";
import { addProducts, orthonormaliseSteps } from "../numeric/orthonormal.js";
import { normal, seededRandom } from "../numeric/random.js";
import type { Steps } from "../numeric/steps.js";
import { type Eigenpairs, symmetricEigenpairSteps } from "../numeric/tridiagonal.js";

/** Directions beyond those asked for, by which the ones asked for come out better. */
const oversampling = 8;
const rounds = 3;

/**
 * @param applied gives the block [count, dim] times the symmetric [dim, dim] matrix, for float32's precision
 * @param count how many directions, up to `dim`
 * @returns eigenvalues from the largest down and orthonormal vectors, one a row; good for a first guess
 */
export async function leadingDirections(
  applied: (block: Float64Array, count: number) => Promise<Float64Array>,
  dim: number,
  count: number,
  signal?: AbortSignal,
): Promise<Eigenpairs> {
  const width = Math.min(dim, count + oversampling);
  const random = seededRandom(0);
  let block: Float64Array = Float64Array.from({ length: width * dim }, () => normal(random));
  for (let round = 1; ; round++) {
    await inTurns(orthonormaliseSteps(block, width, dim, random), signal);
    const image = await applied(block, width);
    if (round === rounds) return inTurns(bestOf(block, image, width, count, dim), signal);
    block = image;
  }
}

/** The best approximations in the span of the block (Rayleigh-Ritz). */
function* bestOf(
  block: Float64Array,
  image: Float64Array,
  width: number,
  count: number,
  dim: number,
): Steps<Eigenpairs> {
  const small = new Float64Array(width * width);
  addProducts(small, block, width, image, dim, 0, width);
  for (let p = 0; p < width; p++)
    for (let q = 0; q < p; q++) {
      const value = (small[p * width + q] + small[q * width + p]) / 2;
      small[p * width + q] = value;
      small[q * width + p] = value;
    }
  yield;
  const kept = Math.min(count, width);
  const { values, vectors } = yield* symmetricEigenpairSteps(small, width, kept);
  const out = new Float64Array(kept * dim);
  for (let k = 0; k < kept; k++) {
    for (let p = 0; p < width; p++) {
      const weight = vectors[k * width + p];
      for (let j = 0; j < dim; j++) out[k * dim + j] += weight * block[p * dim + j];
    }
    yield;
  }
  return { values: values.map((v) => Math.max(0, v)), vectors: out };
}
