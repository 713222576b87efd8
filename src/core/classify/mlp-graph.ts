/** The graph of some of Adam's steps on a network of two layers, forward and backward. */
import { type SharedSession, sharedSession } from "../numeric/shared-session.js";
import { GraphBuilder, type Value } from "../runtime/graph.js";
import { type AdamState, adamStep, mapState } from "./adam.js";

const sessions = new Map<string, SharedSession>();

/**
 * Takes the state of both layers (weights0, first0, second0, weights1, …), ones [rows, 1] and share, 1 / rows; for each
 * step s the rows, xs, and their classes as ones among zeros, truths, with rates and epsilons. Gives the state after the
 * last step (weights0', …) and the scores of each step's rows.
 *
 * @param decay whether `keep`, the share of the weights that each step leaves, is given too
 */
export function stepsSession(steps: number, decay: boolean): SharedSession {
  const key = `${steps}${decay}`;
  const session = sessions.get(key) ?? sharedSession(() => stepsGraph(steps, decay));
  sessions.set(key, session);
  return session;
}

const layerSizes = [
  ["hidden", "dim + 1"],
  ["classes", "hidden + 1"],
] as const;

function stepsGraph(steps: number, decay: boolean): Uint8Array {
  const g = new GraphBuilder();
  const state = (i: number): AdamState<Value> =>
    mapState({ weights: "", first: "", second: "" }, (_, part) => g.input(`${part}${i}`, "float32", layerSizes[i]));
  const ones = g.input("ones", "float32", ["rows", 1]);
  const share = g.input("share", "float32", []);
  const keep = decay ? g.input("keep", "float32", []) : undefined;
  let layers = [state(0), state(1)];
  for (let s = 0; s < steps; s++) {
    const x = g.input(`x${s}`, "float32", ["rows", "dim + 1"]);
    const truth = g.input(`truth${s}`, "float32", ["rows", "classes"]);
    const rates = { rate: g.input(`rate${s}`, "float32", []), epsilon: g.input(`epsilon${s}`, "float32", []) };
    const { scores, gradients } = gradientNodes(g, layers[0].weights, layers[1].weights, { x, truth, ones, share });
    g.output(`scores${s}`, scores, "float32", ["rows", "classes"]);
    layers = layers.map((layer, i) => adamStep(g, layer, gradients[i], rates, keep));
  }
  layers.forEach((layer, i) => {
    mapState(layer, (value, part) => g.output(`${part}${i}'`, value, "float32", layerSizes[i]));
  });
  return g.build();
}

interface BatchValues {
  x: Value;
  /** 1 for the class of a row, 0 for the others */
  truth: Value;
  ones: Value;
  /** 1 / rows */
  share: Value;
}

/** Scores, and the gradient of the mean cross-entropy by both layers. */
function gradientNodes(
  g: GraphBuilder,
  hidden: Value,
  output: Value,
  { x, truth, ones, share }: BatchValues,
): { scores: Value; gradients: Value[] } {
  const active = g.op("Relu", [g.op("Gemm", [x, hidden], { transB: 1 })]);
  const inputs = g.op("Concat", [active, ones], { axis: 1 });
  const scores = g.op("Gemm", [inputs, output], { transB: 1 });
  const error = g.op("Mul", [g.op("Sub", [g.op("Softmax", [scores], { axis: 1 }), truth]), share]);
  // the last column goes back to the ones, which nothing made
  const back = g.op("Slice", [g.op("MatMul", [error, output]), g.int64([0]), g.int64([-1]), g.int64([1])]);
  // what is active is above 0: its sign is the derivative of the ReLU
  const hiddenError = g.op("Mul", [back, g.op("Sign", [active])]);
  return {
    scores,
    gradients: [g.op("Gemm", [hiddenError, x], { transA: 1 }), g.op("Gemm", [error, inputs], { transA: 1 })],
  };
}
