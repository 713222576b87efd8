/** The rows of a metric space, held by onnxruntime's thread, and the products of queries with them. */
import { float, GraphBuilder } from "../runtime/graph.js";
import { type Runtime, sharedRuntime } from "../runtime/runtime.js";
import { type HeldTensor, int64, type Tensor } from "../runtime/tensor.js";
import { inTurns } from "./in-turns.js";
import type { Matrix } from "./matrix.js";
import type { MetricSpace } from "./metric-space.js";
import { type SharedSessionOptions, sharedSession } from "./shared-session.js";

export interface BestOptions {
  /** [rows], 1 where a row may be found; the others' score is -Infinity @default every row may */
  readonly allowed?: Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface HeldBase {
  readonly space: MetricSpace;
  /** the `width` best scores of each query, best first, and their rows: [queries, width] each */
  best(queries: Matrix, width: number, options?: BestOptions): Promise<{ scores: Float32Array; rows: Int32Array }>;
  /** every score: [queries, rows] */
  all(queries: Matrix, signal?: AbortSignal): Promise<Float32Array>;
  /** frees the runtime's copy */
  release(): Promise<void>;
}

/** numbers in one matrix of scores: 32 MB */
const scoresAtOnce = 8e6;

/** How many queries to score at once, so that memory does not grow with their number. */
export function queriesAtOnce(rows: number): number {
  return Math.max(1, Math.min(1024, Math.floor(scoresAtOnce / rows)));
}

/**
 * The `width` largest products of each query with rows that are compared once: [queries, width] each.
 *
 * @param rows [rows, cols] as the queries
 */
export async function bestProducts(
  queries: Tensor,
  rows: Tensor,
  width: number,
  options: SharedSessionOptions = {},
): Promise<{ scores: Float32Array; rows: Int32Array }> {
  const bias = { data: new Float32Array(1), dims: [1, 1] };
  const best = await (await bestSession(options)).run({ q: queries, x: rows, bias, k: int64([width]) });
  return { scores: best.scores.data as Float32Array, rows: best.rows.data as Int32Array };
}

/** @param options.threads for its products @default the machine's physical cores */
export async function holdBase(space: MetricSpace, options: SharedSessionOptions = {}): Promise<HeldBase> {
  const { runtime = sharedRuntime(), threads } = options;
  const { x, bias, biases } = await holdProduct(space, runtime);
  return {
    space,
    async best(queries, width, { allowed, signal } = {}) {
      const session = await bestSession({ runtime, threads });
      const own = allowed ? maskedBias(biases, allowed) : bias;
      const feeds = { q: asTensor(queries), x, bias: own, k: int64([width]) };
      const { scores, rows } = await session.run(feeds, signal ? { signal } : {});
      return { scores: scores.data as Float32Array, rows: rows.data as Int32Array };
    },
    async all(queries, signal) {
      const session = await allSession({ runtime, threads });
      const { scores } = await session.run({ q: asTensor(queries), x, bias }, signal ? { signal } : {});
      return scores.data as Float32Array;
    },
    async release() {
      await Promise.all([runtime.release(x), runtime.release(bias)]);
    },
  };
}

/** Both parts, or neither; the bias is kept here too, since a mask is a change of it. */
async function holdProduct(
  space: MetricSpace,
  runtime: Runtime,
): Promise<{ x: HeldTensor; bias: HeldTensor; biases: Float32Array }> {
  const { base, bias: biases } = await inTurns(space.product());
  const x = await runtime.hold(asTensor(base), { transfer: true }); // it was made for this
  try {
    return { x, bias: await runtime.hold({ data: biases, dims: [1, biases.length] }), biases };
  } catch (error) {
    // what cannot hold another tensor may be unable to release one: the first error is the one that says why
    await runtime.release(x).catch(() => {});
    throw error;
  }
}

/** Takes so much from the score of a row that may not be found that nothing is left. */
function maskedBias(biases: Float32Array, allowed: Uint8Array): Tensor {
  const data = Float32Array.from(allowed, (may, i) => (may === 0 ? Infinity : biases[i % biases.length]));
  return { data, dims: [1, data.length] };
}

function asTensor({ data, rows, cols }: Matrix): Tensor {
  return { data, dims: [rows, cols] };
}

const bestSession = sharedSession(() => scoreGraph("best"));
const allSession = sharedSession(() => scoreGraph("all"));

function scoreGraph(kind: "best" | "all"): Uint8Array {
  const g = new GraphBuilder();
  const q = g.input("q", "float32", ["queries", "cols"]);
  const x = g.input("x", "float32", ["rows", "cols"]);
  const bias = g.input("bias", "float32", [1, "rows or 1"]);
  const scores = g.op("Gemm", [q, x, bias], { transB: 1, beta: float(-1) });
  if (kind === "all") {
    g.output("scores", scores, "float32", ["queries", "rows"]);
    return g.build();
  }
  const k = g.input("k", "int64", [1]);
  const [values, indices] = g.ops("TopK", [scores, k], 2, { axis: 1, largest: 1, sorted: 1 });
  g.output("scores", values, "float32", ["queries", "width"]);
  // 32 bits reach as far as rows do and spare a BigInt an entry
  g.output("rows", g.op("Cast", [indices], { to: 6 }), "int32", ["queries", "width"]);
  return g.build();
}
