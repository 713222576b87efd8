/** Outputs of several batches as of one. */
import { concatenated } from "../numeric/concatenated.js";
import type { Tensor } from "../runtime/tensor.js";

/** Tensors that differ in their first size at most, below each other; a single one is returned as it is. */
export function joinedTensors(parts: readonly Tensor<Float32Array>[]): Tensor<Float32Array> {
  if (parts.length === 1) return parts[0];
  const [, ...rest] = parts[0].dims;
  const n = parts.reduce((sum, part) => sum + part.dims[0], 0);
  return { data: concatenated(parts.map((part) => part.data)), dims: [n, ...rest] };
}
