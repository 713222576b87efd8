/**
 * The vision transformer as an ONNX graph over a checkpoint's own tensors: patch embedding, pre-norm blocks with
 * LayerScale, a last norm.
 *
 * @see Dosovitskiy et al. 2021, arXiv:2010.11929; Oquab et al. 2023, arXiv:2304.07193
 */
import { float, GraphBuilder, type Value } from "../runtime/graph.js";
import { type Weights, weight } from "./weights.js";

/** Sizes and kinds that tell one vision transformer from another. */
export interface VitConfig {
  hiddenSize: number;
  layers: number;
  heads: number;
  patchSize: number;
  /** patches on a side of the grid that the position embeddings were learned at */
  grid: number;
  mlp: { kind: "gelu" | "swiglu"; hiddenSize: number };
  layerNormEpsilon: number;
  qkvBias: boolean;
}

/** Where a family keeps its tensors; `block` names are those of one block. */
export interface VitTensorNames {
  patchWeight: string;
  patchBias: string;
  clsToken: string;
  normWeight: string;
  normBias: string;
  block(
    index: number,
  ): Record<
    "norm1" | "query" | "key" | "value" | "projection" | "scale1" | "norm2" | "mlpIn" | "mlpOut" | "scale2",
    string
  >;
}

export interface VitGraphOptions {
  /** "fused" runs attention as one operator; "plain" as matrix products and a softmax @default "fused" */
  readonly attention?: "fused" | "plain";
  /** also put out the tokens after the embedding and after each block @default false */
  readonly hiddenStates?: boolean;
  /** also put out the last block's attention weights @default false */
  readonly lastAttention?: boolean;
}

/**
 * Inputs `pixel_values` [n, 3, h, w] and `positions` [1, tokens, hidden]; output `tokens` [n, tokens, hidden] after
 * the last norm, and on request `hidden_0` … and `attention` [n, heads, tokens, tokens].
 *
 * @throws CheckpointError naming the tensor that is missing or has another shape
 */
export function vitGraph(
  config: VitConfig,
  names: VitTensorNames,
  weights: Weights,
  options: VitGraphOptions = {},
): Uint8Array {
  return new VitGraph(config, names, weights, options).build();
}

class VitGraph {
  readonly #g = new GraphBuilder();
  readonly #config: VitConfig;
  readonly #names: VitTensorNames;
  readonly #weights: Weights;
  readonly #options: VitGraphOptions;

  constructor(config: VitConfig, names: VitTensorNames, weights: Weights, options: VitGraphOptions) {
    this.#config = config;
    this.#names = names;
    this.#weights = weights;
    this.#options = options;
  }

  build(): Uint8Array {
    const { layers, hiddenSize } = this.#config;
    const tokens = ["n", "tokens", hiddenSize];
    let x = this.#embed();
    for (let i = 0; i < layers; i++) {
      if (this.#options.hiddenStates) this.#g.output(`hidden_${i}`, x, "float32", tokens);
      x = this.#block(x, i);
    }
    if (this.#options.hiddenStates) this.#g.output(`hidden_${layers}`, x, "float32", tokens);
    const { normWeight, normBias } = this.#names;
    this.#g.output("tokens", this.#normalize(x, normWeight, normBias), "float32", tokens);
    return this.#g.build();
  }

  #weight(name: string, ...shape: number[]): Value {
    return weight(this.#g, this.#weights, name, shape);
  }

  #embed(): Value {
    const g = this.#g;
    const { hiddenSize: d, patchSize: p } = this.#config;
    const pixels = g.input("pixel_values", "float32", ["n", 3, "h", "w"]);
    const positions = g.input("positions", "float32", [1, "tokens", d]);
    const kernel = this.#weight(this.#names.patchWeight, d, 3, p, p);
    const map = g.op("Conv", [pixels, kernel, this.#weight(this.#names.patchBias, d)], {
      kernel_shape: [p, p],
      strides: [p, p],
    });
    const patches = g.op("Transpose", [g.op("Reshape", [map, g.int64([0, d, -1])])], { perm: [0, 2, 1] });
    const n = g.op("Slice", [g.op("Shape", [pixels]), g.int64([0]), g.int64([1])]);
    const clsShape = g.op("Concat", [n, g.int64([1, d])], { axis: 0 });
    const cls = g.op("Expand", [this.#weight(this.#names.clsToken, 1, 1, d), clsShape]);
    return g.op("Add", [g.op("Concat", [cls, patches], { axis: 1 }), positions]);
  }

  #block(x: Value, index: number): Value {
    const { hiddenSize: d } = this.#config;
    const names = this.#names.block(index);
    const scaled = (y: Value, scale: string) => this.#g.op("Mul", [y, this.#weight(scale, d)]);

    const attended = this.#attention(this.#normalize(x, `${names.norm1}.weight`, `${names.norm1}.bias`), index);
    const mixed = this.#linear(attended, names.projection, d, d);
    const y = this.#g.op("Add", [x, scaled(mixed, names.scale1)]);

    const normed = this.#normalize(y, `${names.norm2}.weight`, `${names.norm2}.bias`);
    return this.#g.op("Add", [y, scaled(this.#mlp(normed, names.mlpIn, names.mlpOut), names.scale2)]);
  }

  #normalize(x: Value, scale: string, bias: string): Value {
    const { hiddenSize: d, layerNormEpsilon } = this.#config;
    const inputs = [x, this.#weight(scale, d), this.#weight(bias, d)];
    return this.#g.op("LayerNormalization", inputs, { axis: -1, epsilon: float(layerNormEpsilon) });
  }

  /** y = x Wᵀ + b, for a weight stored as [out, in] */
  #linear(x: Value, name: string, inputs: number, outputs: number, bias = true): Value {
    const w = this.#g.op("Transpose", [this.#weight(`${name}.weight`, outputs, inputs)], { perm: [1, 0] });
    const y = this.#g.op("MatMul", [x, w]);
    return bias ? this.#g.op("Add", [y, this.#weight(`${name}.bias`, outputs)]) : y;
  }

  #attention(x: Value, index: number): Value {
    const { hiddenSize: d, heads, layers, qkvBias } = this.#config;
    const names = this.#names.block(index);
    const [q, k, v] = [names.query, names.key, names.value].map((name) => this.#linear(x, name, d, d, qkvBias));
    const wanted = this.#options.lastAttention === true && index === layers - 1;
    if (this.#options.attention !== "plain" && !wanted)
      return this.#g.op("MultiHeadAttention", [q, k, v], { num_heads: heads }, "com.microsoft");
    return this.#plainAttention(q, k, v, wanted);
  }

  #plainAttention(q: Value, k: Value, v: Value, output: boolean): Value {
    const g = this.#g;
    const { hiddenSize: d, heads } = this.#config;
    const split = (x: Value, perm: number[]) =>
      g.op("Transpose", [g.op("Reshape", [x, g.int64([0, -1, heads, d / heads])])], { perm });
    const scaledQuery = g.op("Mul", [split(q, [0, 2, 1, 3]), g.scalar((d / heads) ** -0.5)]);
    const scores = g.op("MatMul", [scaledQuery, split(k, [0, 2, 3, 1])]);
    const attention = g.op("Softmax", [scores], { axis: -1 });
    if (output) g.output("attention", attention, "float32", ["n", heads, "tokens", "tokens"]);
    const mixed = g.op("Transpose", [g.op("MatMul", [attention, split(v, [0, 2, 1, 3])])], { perm: [0, 2, 1, 3] });
    return g.op("Reshape", [mixed, g.int64([0, -1, d])]);
  }

  #mlp(x: Value, nameIn: string, nameOut: string): Value {
    const { hiddenSize: d, mlp } = this.#config;
    if (mlp.kind === "gelu") {
      const h = this.#gelu(this.#linear(x, nameIn, d, mlp.hiddenSize));
      return this.#linear(h, nameOut, mlp.hiddenSize, d);
    }
    const g = this.#g;
    const [gate, value] = g.ops("Split", [this.#linear(x, nameIn, d, 2 * mlp.hiddenSize)], 2, {
      axis: -1,
      num_outputs: 2,
    });
    const silu = g.op("Mul", [gate, g.op("Sigmoid", [gate])]);
    return this.#linear(g.op("Mul", [silu, value]), nameOut, mlp.hiddenSize, d);
  }

  /** The exact GELU, x Φ(x). */
  #gelu(x: Value): Value {
    const g = this.#g;
    if (this.#options.attention !== "plain") return g.op("Gelu", [x], {}, "com.microsoft");
    const erf = g.op("Erf", [g.op("Mul", [x, g.scalar(Math.SQRT1_2)])]);
    return g.op("Mul", [g.op("Mul", [x, g.scalar(0.5)]), g.op("Add", [erf, g.scalar(1)])]);
  }
}
