/**
 * The loss of multinomial logistic regression and its gradient, by onnxruntime: the rows stay with it, and what crosses
 * threads are the weights, the gradient and two numbers a row.
 */
import type { Matrix } from "../numeric/matrix.js";
import { type SharedSession, sharedSession } from "../numeric/shared-session.js";
import { GraphBuilder } from "../runtime/graph.js";
import { type Runtime, sharedRuntime } from "../runtime/runtime.js";
import type { HeldTensor } from "../runtime/tensor.js";
import { oneHot } from "./class-labels.js";
import type { Evaluation } from "./lbfgs.js";

/** Rows with their classes, held by onnxruntime's thread. */
export interface HeldRows {
  readonly rows: number;
  readonly cols: number;
  readonly classes: number;
  /**
   * The sum of the cross-entropies in nats, and its gradient.
   *
   * @param model weights [classes, cols], then biases [classes]
   */
  evaluate(model: Float64Array, signal?: AbortSignal): Promise<Evaluation>;
  /** the same sum, and how many rows have their own class as the most probable one (the first of equals) */
  test(model: Float64Array, signal?: AbortSignal): Promise<{ loss: number; right: number }>;
  /** `block` [count, cols] times XᵀX */
  applySquare(block: Float64Array, count: number, signal?: AbortSignal): Promise<Float64Array>;
  /** frees the runtime's copy */
  release(): Promise<void>;
}

/** @param labels [rows], each below `classes` */
export async function holdRows(x: Matrix, labels: Int32Array, classes: number): Promise<HeldRows> {
  const runtime = sharedRuntime();
  const { held, release } = await holdAll(runtime, x, labels, classes);
  const weights = classes * x.cols;
  const run = async (open: SharedSession, model: Float64Array, signal: AbortSignal | undefined) => {
    const w = { data: new Float32Array(model.subarray(0, weights)), dims: [classes, x.cols] };
    const b = { data: new Float32Array(model.subarray(weights)), dims: [classes] };
    const out = await (await open({ runtime })).run({ ...held, w, b }, { signal, transfer: true });
    return { out, value: lossOf(out.others.data as Float32Array, out.own.data as Float32Array) };
  };
  return {
    rows: x.rows,
    cols: x.cols,
    classes,
    async evaluate(model, signal) {
      const { out, value } = await run(gradientSession, model, signal);
      const gradient = new Float64Array(model.length);
      gradient.set(out.weights.data as Float32Array);
      gradient.set(out.biases.data as Float32Array, weights);
      return { value, gradient };
    },
    async test(model, signal) {
      const { out, value } = await run(testSession, model, signal);
      const best = out.best.data as Int32Array;
      return { loss: value, right: best.reduce((sum, c, i) => sum + Number(c === labels[i]), 0) };
    },
    async applySquare(block, count, signal) {
      const session = await squareSession({ runtime });
      const rows = { data: new Float32Array(block), dims: [count, x.cols] };
      const out = await session.run({ x: held.x, block: rows }, { signal, transfer: true });
      return new Float64Array(out.image.data as Float32Array);
    },
    release,
  };
}

async function holdAll(runtime: Runtime, x: Matrix, labels: Int32Array, classes: number) {
  const own = oneHot(labels, classes);
  const xHeld = await runtime.hold({ data: x.data, dims: [x.rows, x.cols] }, { transfer: true });
  const ownHeld = await runtime
    .hold({ data: own, dims: [x.rows, classes] }, { transfer: true })
    .catch(async (error) => {
      await runtime.release(xHeld).catch(() => {});
      throw error;
    });
  const release = async () => {
    await Promise.all([xHeld, ownHeld].map((tensor: HeldTensor) => runtime.release(tensor)));
  };
  return { held: { x: xHeld, mask: ownHeld }, release };
}

/**
 * @param others probability of all classes but a row's own
 * @param own logarithm of that of its own
 */
function lossOf(others: Float32Array, own: Float32Array): number {
  let sum = 0;
  // float32 has no number between 1 and 1 - 6e-8, but all small ones
  for (let i = 0; i < own.length; i++) sum -= others[i] < 0.5 ? Math.log1p(-others[i]) : own[i];
  return sum;
}

const gradientSession = sharedSession(() => {
  const g = new GraphBuilder();
  const { x, mask, strange, others } = probabilities(g);
  // not p - 1 for a row's own class, which would lose its digits where p is near 1
  const residual = g.op("Sub", [strange, g.op("Mul", [mask, others])]);
  g.output("weights", g.op("Gemm", [residual, x], { transA: 1 }), "float32", ["classes", "cols"]);
  g.output("biases", g.op("ReduceSum", [residual, g.int64([0])], { keepdims: 0 }), "float32", ["classes"]);
  return g.build();
});

const testSession = sharedSession(() => {
  const g = new GraphBuilder();
  const { logits } = probabilities(g);
  const best = g.op("ArgMax", [logits], { axis: 1, keepdims: 0 });
  g.output("best", g.op("Cast", [best], { to: 6 }), "int32", ["n"]);
  return g.build();
});

const squareSession = sharedSession(() => {
  const g = new GraphBuilder();
  const x = g.input("x", "float32", ["n", "cols"]);
  const block = g.input("block", "float32", ["count", "cols"]);
  const scores = g.op("Gemm", [x, block], { transB: 1 });
  g.output("image", g.op("Gemm", [scores, x], { transA: 1 }), "float32", ["count", "cols"]);
  return g.build();
});

function probabilities(g: GraphBuilder) {
  const x = g.input("x", "float32", ["n", "cols"]);
  const w = g.input("w", "float32", ["classes", "cols"]);
  const mask = g.input("mask", "float32", ["n", "classes"]);
  const b = g.input("b", "float32", ["classes"]);
  const logits = g.op("Gemm", [x, w, b], { transB: 1 });
  const logs = g.op("LogSoftmax", [logits], { axis: 1 });
  const all = g.op("Exp", [logs]);
  const strange = g.op("Sub", [all, g.op("Mul", [all, mask])]);
  const sum = (value: string) => g.op("ReduceSum", [value, g.int64([1])], { keepdims: 1 });
  const others = sum(strange);
  g.output("others", others, "float32", ["n", 1]);
  g.output("own", sum(g.op("Mul", [logs, mask])), "float32", ["n", 1]);
  return { x, mask, logits, strange, others };
}
