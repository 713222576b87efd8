/** The parts of a vision transformer that hold weights, as nodes of a graph. */
import { float, type GraphBuilder, type Value } from "../runtime/graph.js";
import type { VitTensors } from "./families/family.js";
import type { VitConfig } from "./vit-config.js";
import { type Weights, weight } from "./weights.js";

/**
 * What a graph is put together from; how the weights are kept is the implementation's matter. Tokens come and go as
 * rows, [n x tokens, hidden], all images below each other: onnxruntime multiplies matrices faster than their stacks.
 */
export interface VitLayers {
  /** [n, 3, h, w] to [n, hidden, rows, cols] */
  patches(pixels: Value): Value;
  norm1(x: Value, block: number): Value;
  norm2(x: Value, block: number): Value;
  lastNorm(x: Value): Value;
  qkv(x: Value, block: number): [query: Value, key: Value, value: Value];
  /** the attention's output product, scaled where the family has LayerScale */
  projection(x: Value, block: number): Value;
  /** the MLP's first product: the hidden units, or gates and values */
  mlpIn(x: Value, block: number): [hidden: Value] | [gates: Value, values: Value];
  /** the MLP's second product, scaled where the family has LayerScale */
  mlpOut(x: Value, block: number): Value;
}

/** Float weights, straight from the checkpoint. */
export class FloatLayers implements VitLayers {
  protected readonly g: GraphBuilder;
  protected readonly config: VitConfig;
  protected readonly names: VitTensors;
  protected readonly weights: Weights;

  constructor(graph: GraphBuilder, config: VitConfig, names: VitTensors, weights: Weights) {
    this.g = graph;
    this.config = config;
    this.names = names;
    this.weights = weights;
  }

  patches(pixels: Value): Value {
    const { hiddenSize: d, patchSize: p } = this.config;
    const { patchEmbedding } = this.names;
    const kernel = this.#weight(`${patchEmbedding}.weight`, d, 3, p, p);
    const bias = this.#weight(`${patchEmbedding}.bias`, d);
    return this.g.op("Conv", [pixels, kernel, bias], { kernel_shape: [p, p], strides: [p, p] });
  }

  norm1(x: Value, block: number): Value {
    return this.#normalise(x, named(this.names.norm1, block));
  }

  norm2(x: Value, block: number): Value {
    return this.#normalise(x, named(this.names.norm2, block));
  }

  lastNorm(x: Value): Value {
    return this.#normalise(x, this.names.norm);
  }

  qkv(x: Value, block: number): [Value, Value, Value] {
    const { hiddenSize: d, bias } = this.config;
    const { query, key, value } = this.names;
    return [
      this.#linear(x, named(query, block), d, d, bias.query),
      this.#linear(x, named(key, block), d, d, bias.key),
      this.#linear(x, named(value, block), d, d, bias.value),
    ];
  }

  projection(x: Value, block: number): Value {
    const { hiddenSize: d, bias } = this.config;
    const { projection, scale1 } = this.names;
    return this.#scaled(this.#linear(x, named(projection, block), d, d, bias.projection), scale1, block);
  }

  mlpIn(x: Value, block: number): [Value] | [Value, Value] {
    const { hiddenSize: d, mlp, bias } = this.config;
    const { mlpIn, mlpGate } = this.names;
    const product = (name: string, outputs: number) => this.#linear(x, named(name, block), d, outputs, bias.mlp);
    if (mlp.gate === "none") return [product(mlpIn, mlp.hiddenSize)];
    if (mlp.gate === "separate") return [product(mlpGate as string, mlp.hiddenSize), product(mlpIn, mlp.hiddenSize)];
    const both = product(mlpIn, 2 * mlp.hiddenSize);
    return this.g.ops("Split", [both], 2, { axis: -1, num_outputs: 2 }) as [Value, Value];
  }

  mlpOut(x: Value, block: number): Value {
    const { hiddenSize: d, mlp, bias } = this.config;
    const { mlpOut, scale2 } = this.names;
    return this.#scaled(this.#linear(x, named(mlpOut, block), mlp.hiddenSize, d, bias.mlp), scale2, block);
  }

  #weight(name: string, ...shape: number[]): Value {
    return weight(this.g, this.weights, name, shape);
  }

  #normalise(x: Value, name: string): Value {
    const { hiddenSize: d, layerNormEpsilon } = this.config;
    const inputs = [x, this.#weight(`${name}.weight`, d), this.#weight(`${name}.bias`, d)];
    return this.g.op("LayerNormalization", inputs, { axis: -1, epsilon: float(layerNormEpsilon) });
  }

  /** y = x Wᵀ, for a weight stored as [out, in]: Gemm reads it as it lies, where a Transpose would be a second copy */
  #product(x: Value, name: string, inputs: number, outputs: number): Value {
    return this.g.op("Gemm", [x, this.#weight(`${name}.weight`, outputs, inputs)], { transB: 1 });
  }

  /** y = x Wᵀ + b; the bias by an operator of its own, which is faster than Gemm's on two threads */
  #linear(x: Value, name: string, inputs: number, outputs: number, bias: boolean): Value {
    const y = this.#product(x, name, inputs, outputs);
    return bias ? this.g.op("Add", [y, this.#weight(`${name}.bias`, outputs)]) : y;
  }

  #scaled(x: Value, scale: string | undefined, block: number): Value {
    return scale === undefined ? x : this.g.op("Mul", [x, this.#weight(named(scale, block), this.config.hiddenSize)]);
  }
}

/** The name of a block's tensor. */
export function named(entry: string, block: number): string {
  return entry.replace("{i}", String(block));
}
