/** Takes a network's tokens apart: class token, registers, patches; and the norm that makes features of them. */
import type { Matrix, Patches } from "../numeric/matrix.js";
import type { Tensor } from "../runtime/tensor.js";

/** The class token of each image: [n, dim] of tokens [n, tokens, dim]. */
export function classTokens({ data, dims: [n, tokens, dim] }: Tensor<Float32Array>): Matrix {
  const cls = new Float32Array(n * dim);
  for (let i = 0; i < n; i++) cls.set(data.subarray(i * tokens * dim, (i * tokens + 1) * dim), i * dim);
  return { data: cls, rows: n, cols: dim };
}

/** The tokens between class token and patches: [n, registers, dim]. */
export function registerTokens(
  { data, dims: [n, tokens, dim] }: Tensor<Float32Array>,
  registers: number,
): Tensor<Float32Array> {
  const out = new Float32Array(n * registers * dim);
  for (let i = 0; i < n; i++) {
    const start = (i * tokens + 1) * dim;
    out.set(data.subarray(start, start + registers * dim), i * registers * dim);
  }
  return { data: out, dims: [n, registers, dim] };
}

/** The last rows x cols tokens of each image. */
export function patchTokens(
  { data, dims: [n, tokens, dim] }: Tensor<Float32Array>,
  rows: number,
  cols: number,
): Patches[] {
  const first = tokens - rows * cols;
  return Array.from({ length: n }, (_, i) => {
    const patches = data.slice((i * tokens + first) * dim, (i + 1) * tokens * dim);
    return { data: patches, rows, cols, dim };
  });
}

export interface LayerNorm {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  readonly epsilon: number;
}

/** Each token less its mean, divided by its deviation, times weight, plus bias. */
export function layerNorm(tokens: Tensor<Float32Array>, { weight, bias, epsilon }: LayerNorm): Tensor<Float32Array> {
  const dim = weight.length;
  const { data } = tokens;
  const out = new Float32Array(data.length);
  for (let start = 0; start < data.length; start += dim) {
    let sum = 0;
    for (let i = 0; i < dim; i++) sum += data[start + i];
    const mean = sum / dim;
    let squares = 0;
    for (let i = 0; i < dim; i++) squares += (data[start + i] - mean) ** 2;
    const scale = 1 / Math.sqrt(squares / dim + epsilon);
    for (let i = 0; i < dim; i++) out[start + i] = (data[start + i] - mean) * scale * weight[i] + bias[i];
  }
  return { data: out, dims: tokens.dims };
}
