/** Runs of a network that takes a fixed number of pictures at a time. */
import type { Tensor } from "../runtime/tensor.js";
import { joinedTensors } from "./joined-tensors.js";
import type { PixelTensor } from "./model.js";

/** Parts of `size` pictures; where the last would have fewer, its last picture is repeated. */
export function* partsOf({ data, dims: [n, , height, width] }: PixelTensor, size: number): Generator<PixelTensor> {
  const numbers = 3 * height * width;
  for (let i = 0; i < n; i += size) {
    const part = data.subarray(i * numbers, (i + size) * numbers);
    yield { data: filledUp(part, size, numbers), dims: [size, 3, height, width] };
  }
}

function filledUp(pictures: Float32Array, size: number, numbers: number): Float32Array {
  if (pictures.length === size * numbers) return pictures;
  const full = new Float32Array(size * numbers);
  full.set(pictures);
  const last = pictures.subarray(-numbers);
  for (let at = pictures.length; at < full.length; at += numbers) full.set(last, at);
  return full;
}

/** What the parts' outputs say of the first `n` pictures: the rest comes of pictures that were repeated. */
export function firstOf(parts: readonly Tensor<Float32Array>[], n: number): Tensor<Float32Array> {
  const { data, dims } = joinedTensors(parts);
  return { data: data.subarray(0, (n * data.length) / dims[0]), dims: [n, ...dims.slice(1)] };
}
