/**
 * Adam's step as part of a graph. Both moments are kept divided by the share that a new gradient has in them, which
 * spares two products: the first is the sum of past gradients, each weighed by 0.9 to the power of its age.
 *
 * @see Kingma & Ba 2015, arXiv:1412.6980; Loshchilov & Hutter 2019, arXiv:1711.05101, for the decay of weights
 */
import type { GraphBuilder, Value } from "../runtime/graph.js";

/** The defaults of the paper and of PyTorch. */
const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

/** Numbers that are trained, and what Adam remembers of their gradients. */
export interface AdamState<T> {
  readonly weights: T;
  readonly first: T;
  readonly second: T;
}

export function mapState<A, B>(state: AdamState<A>, change: (value: A, part: keyof AdamState<A>) => B): AdamState<B> {
  const { weights, first, second } = state;
  return { weights: change(weights, "weights"), first: change(first, "first"), second: change(second, "second") };
}

/** What changes from step to step. */
export interface AdamRates<T> {
  /** multiplies first / (sqrt(second) + epsilon) */
  readonly rate: T;
  readonly epsilon: T;
}

/** @param step counted from 1 */
export function adamRates(step: number, learningRate: number): AdamRates<number> {
  const scale = Math.sqrt((1 - beta2 ** step) / (1 - beta2));
  return { rate: ((learningRate * (1 - beta1)) / (1 - beta1 ** step)) * scale, epsilon: epsilon * scale };
}

/** Adds one step to a graph. @param keep the share of the weights that decay leaves at each step; absent without decay */
export function adamStep(
  g: GraphBuilder,
  { weights, first, second }: AdamState<Value>,
  gradient: Value,
  rates: AdamRates<Value>,
  keep?: Value,
): AdamState<Value> {
  const sum = g.op("Add", [g.op("Mul", [first, g.scalar(beta1)]), gradient]);
  const squares = g.op("Add", [g.op("Mul", [second, g.scalar(beta2)]), g.op("Mul", [gradient, gradient])]);
  const scaled = g.op("Div", [sum, g.op("Add", [g.op("Sqrt", [squares]), rates.epsilon])]);
  const kept = keep === undefined ? weights : g.op("Mul", [weights, keep]);
  return { weights: g.op("Sub", [kept, g.op("Mul", [scaled, rates.rate])]), first: sum, second: squares };
}
