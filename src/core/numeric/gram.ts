import { GraphBuilder, type Value } from "../runtime/graph.js";
import type { Matrix } from "./matrix.js";
import { sharedSession } from "./shared-session.js";

/** numbers of the rows that are multiplied at once: 16 MB, and twice that in float64 */
const numbersAtOnce = 2 ** 22;

/**
 * The products of all columns of `x` with each other, or of all rows where these are fewer: both matrices have the same
 * eigenvalues but for zeros, the squares of the singular values of `x`. In float64, in onnxruntime's thread: float32
 * would leave nothing of singular values below a thousandth of the largest.
 *
 * @returns [size, size], size = min(rows, cols)
 */
export async function smallerGram(x: Matrix, signal?: AbortSignal): Promise<{ products: Float64Array; size: number }> {
  const { data, rows, cols } = x;
  const stopping = signal ? { signal } : {};
  if (rows <= cols) {
    const result = await (await rowSession()).run({ x: { data, dims: [rows, cols] } }, stopping);
    return { products: result.products.data as Float64Array, size: rows };
  }
  const session = await columnSession();
  const products = new Float64Array(cols * cols);
  const step = Math.max(cols, Math.floor(numbersAtOnce / cols));
  for (let from = 0; from < rows; from += step) {
    const to = Math.min(rows, from + step);
    const block = { data: data.subarray(from * cols, to * cols), dims: [to - from, cols] };
    const part = (await session.run({ x: block }, stopping)).products.data as Float64Array;
    for (let i = 0; i < products.length; i++) products[i] += part[i];
  }
  return { products, size: cols };
}

const columnSession = sharedSession(() => productGraph({ transA: 1 }));
const rowSession = sharedSession(() => productGraph({ transB: 1 }));

function productGraph(transposed: Record<string, number>): Uint8Array {
  const g = new GraphBuilder();
  const x: Value = g.op("Cast", [g.input("x", "float32", ["rows", "cols"])], { to: 11 });
  g.output("products", g.op("Gemm", [x, x], transposed), "float64", ["size", "size"]);
  return g.build();
}
