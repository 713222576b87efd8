export type VectorProblem = "NaN or an infinity in its vector" | "a vector of zeros";

/** Why a vector cannot be compared with others; undefined where it can. */
export function vectorProblem(vector: Float32Array): VectorProblem | undefined {
  let zeros = true;
  for (const v of vector) {
    // v - v is 0 for every finite number and NaN for the others
    if (v - v !== 0) return "NaN or an infinity in its vector";
    if (v !== 0) zeros = false;
  }
  return zeros ? "a vector of zeros" : undefined;
}
