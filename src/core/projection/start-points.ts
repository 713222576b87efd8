import type { Matrix } from "../numeric/matrix.js";
import { pca, projectPca } from "../numeric/pca.js";
import { seededRandom } from "../numeric/random.js";

/** The first two principal components, brought to within 10 of the origin, with a little noise that parts duplicates. */
export async function startPoints(x: Matrix, seed: number, signal?: AbortSignal): Promise<Float64Array> {
  const basis = await pca(x, { nComponents: Math.min(2, x.cols), seed, ...(signal ? { signal } : {}) });
  const scores = await projectPca(basis, x, signal ? { signal } : {});
  let largest = 0;
  for (const v of scores.data) largest = Math.max(largest, Math.abs(v));
  const random = seededRandom(seed);
  const start = new Float64Array(x.rows * 2);
  for (let i = 0; i < start.length; i++) {
    const axis = i % 2;
    const score = axis < scores.cols ? scores.data[(i >> 1) * scores.cols + axis] : 0;
    start[i] = (10 * score) / largest + (random() - 0.5) * 1e-3;
  }
  return start;
}
