/** What goes into and comes out of a session: numbers and their sizes, row-major. */

export type TensorData = Float32Array | Float64Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;

export interface Tensor<T extends TensorData = TensorData> {
  data: T;
  dims: readonly number[];
}

/** A tensor that stays with the runtime between runs, so that it is copied to it only once. */
export interface HeldTensor {
  readonly held: number;
  readonly dims: readonly number[];
}

/** A tensor of 64-bit integers, as ONNX wants sizes. */
export function int64(values: readonly number[]): Tensor<BigInt64Array> {
  return { data: BigInt64Array.from(values, BigInt), dims: [values.length] };
}

/** A tensor with no numbers' worth of sizes but one number: a scalar. */
export function scalar(value: number): Tensor<Float32Array> {
  return { data: Float32Array.of(value), dims: [] };
}
