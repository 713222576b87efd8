import type { Matrix } from "../numeric/matrix.js";
import { linearScores } from "./linear-scores.js";

/**
 * Cosines of rows of length 1 with centroids of length 1: [rows, classes]; -Infinity for classes whose centroid is NaN.
 */
export async function centroidCosines(rows: Matrix, centroids: Matrix, signal?: AbortSignal): Promise<Matrix> {
  const { cols, rows: classes } = centroids;
  const absent = Array.from({ length: classes }, (_, c) => c).filter((c) => Number.isNaN(centroids.data[c * cols]));
  const known = { ...centroids, data: centroids.data.map((v) => (Number.isNaN(v) ? 0 : v)) };
  const cosines = await linearScores(rows, known, new Float32Array(classes), signal);
  for (const c of absent) for (let i = 0; i < rows.rows; i++) cosines.data[i * classes + c] = -Infinity;
  return cosines;
}
