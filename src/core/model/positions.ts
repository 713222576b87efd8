/** Position embeddings at other grid sizes than the one they were learned at. */
import type { Patches } from "../numeric/matrix.js";

/**
 * How a grid of position embeddings is resized.
 * - "upstream": as facebookresearch/dinov2 without registers: scale (n + 0.1) / grid, no antialias
 * - "transformers": as Hugging Face's Dinov2: exact size, no antialias
 * - "registers": as both projects' models with registers: exact size, antialias
 */
export type PositionRule = "upstream" | "transformers" | "registers";

/** What one output index takes from the inputs: `weights[i]` of input `first + i`, indexes clamped to the border. */
interface Tap {
  first: number;
  weights: readonly number[];
}

/**
 * Resizes a grid of embeddings bicubically, as PyTorch's `interpolate` does for the rule.
 *
 * @param grid embeddings at the learned size
 * @returns embeddings at `rows` x `cols`; the same numbers when that is the learned size and the grid is square
 * @see Pillow's and PyTorch's cubic kernels: a = -0.75 without, a = -0.5 with antialias
 */
export function resizePositions(grid: Patches, rows: number, cols: number, rule: PositionRule): Patches {
  if (rows === grid.rows && cols === grid.cols) return grid;
  const vertical = tapsOf(grid.rows, rows, rule);
  const horizontal = tapsOf(grid.cols, cols, rule);
  return { ...resizeRows(resizeColumns(grid, horizontal), vertical), dim: grid.dim };
}

function tapsOf(from: number, to: number, rule: PositionRule): Tap[] {
  if (rule === "registers") return Array.from({ length: to }, (_, i) => antialiasedTap(i, from, to));
  // PyTorch finds the place in single precision; in double the results would differ by up to 2e-5
  const scale = Math.fround(rule === "upstream" ? 1 / ((to + 0.1) / from) : from / to);
  return Array.from({ length: to }, (_, i) => plainTap(Math.fround(Math.fround(scale * (i + 0.5)) - 0.5)));
}

function cubic(x: number, a: number): number {
  const t = Math.abs(x);
  if (t <= 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  return t < 2 ? (((t - 5) * t + 8) * t - 4) * a : 0;
}

function plainTap(centre: number): Tap {
  const first = Math.floor(centre) - 1;
  return { first, weights: [0, 1, 2, 3].map((i) => cubic(centre - first - i, -0.75)) };
}

/** The kernel is widened by the shrinking factor, cut off at the border and normalised. */
function antialiasedTap(index: number, from: number, to: number): Tap {
  const scale = from / to;
  const width = Math.max(scale, 1);
  const centre = (index + 0.5) * scale;
  const first = Math.max(0, Math.floor(centre - 2 * width + 0.5));
  const last = Math.min(from, Math.floor(centre + 2 * width + 0.5));
  const raw = Array.from({ length: last - first }, (_, i) => cubic((first + i - centre + 0.5) / width, -0.5));
  const sum = raw.reduce((a, b) => a + b, 0);
  return { first, weights: raw.map((w) => w / sum) };
}

const clamp = (i: number, n: number) => Math.min(n - 1, Math.max(0, i));

function resizeColumns({ data, rows, cols, dim }: Patches, taps: readonly Tap[]): Patches {
  const out = new Float32Array(rows * taps.length * dim);
  for (let r = 0; r < rows; r++)
    taps.forEach(({ first, weights }, c) => {
      const target = (r * taps.length + c) * dim;
      weights.forEach((w, i) => {
        const source = (r * cols + clamp(first + i, cols)) * dim;
        for (let d = 0; d < dim; d++) out[target + d] += w * data[source + d];
      });
    });
  return { data: out, rows, cols: taps.length, dim };
}

function resizeRows({ data, rows, cols, dim }: Patches, taps: readonly Tap[]): Patches {
  const stride = cols * dim;
  const out = new Float32Array(taps.length * stride);
  taps.forEach(({ first, weights }, r) => {
    weights.forEach((w, i) => {
      const source = clamp(first + i, rows) * stride;
      for (let d = 0; d < stride; d++) out[r * stride + d] += w * data[source + d];
    });
  });
  return { data: out, rows: taps.length, cols, dim };
}
