/**
 * The vision transformer as an ONNX graph over a checkpoint's own tensors: patch embedding, pre-norm blocks, a last
 * norm. What differs between families is in the configuration and the tensors' names.
 *
 * @see Dosovitskiy et al. 2021, arXiv:2010.11929; Oquab et al. 2023, arXiv:2304.07193; Siméoni et al. 2025, arXiv:2508.10104
 */
import { GraphBuilder, type Value } from "../runtime/graph.js";
import type { VitTensors } from "./families/family.js";
import { Int8Layers } from "./int8-layers.js";
import type { VitConfig } from "./vit-config.js";
import { FloatLayers, type VitLayers } from "./vit-layers.js";
import type { Weights } from "./weights.js";

export interface VitGraphOptions {
  /** "fused" runs attention, GELU and rotation as one operator each; "plain" as the products they consist of @default "fused" */
  readonly operators?: "fused" | "plain";
  /** also put out the tokens after the embedding and after each block @default false */
  readonly hiddenStates?: boolean;
  /** "int8" takes the weights of `int8Weights` @default "fp32" */
  readonly precision?: "fp32" | "int8";
}

/**
 * Inputs `pixel_values` [n, 3, h, w], `prefix` [1, prefix tokens, hidden] and, by the kind of positions, `positions`
 * [1, patches, hidden] or `cos` and `sin` [tokens, half a head]; output `tokens` [n, tokens, hidden] after the last
 * norm, and on request `hidden_0` … before it.
 *
 * @throws CheckpointError naming the tensor that is missing or has another shape
 */
export function vitGraph(
  config: VitConfig,
  names: VitTensors,
  weights: Weights,
  options: VitGraphOptions = {},
): Uint8Array {
  const g = new GraphBuilder();
  const Layers = options.precision === "int8" ? Int8Layers : FloatLayers;
  return new VitGraph(g, config, new Layers(g, config, names, weights), options).tokens();
}

/**
 * The attention weights of one block alone, from the tokens that go into it: inputs `hidden` [n, tokens, hidden],
 * `from` [k] (the tokens whose weights are wanted, int64) and `cos` and `sin` for rotary positions; output `attention`
 * [n, heads, k, tokens].
 */
export function attentionGraph(config: VitConfig, names: VitTensors, weights: Weights, block: number): Uint8Array {
  const g = new GraphBuilder();
  const layers = new FloatLayers(g, config, names, weights);
  return new VitGraph(g, config, layers, { operators: "plain" }).attentionWeights(block);
}

class VitGraph {
  readonly #g: GraphBuilder;
  readonly #config: VitConfig;
  readonly #layers: VitLayers;
  readonly #plain: boolean;
  readonly #hiddenStates: boolean;
  #rotation: { cos: Value; sin: Value } | undefined;
  /** the number of images, and the shape of their tokens */
  #n: Value = "";
  #shape: Value | undefined;

  constructor(graph: GraphBuilder, config: VitConfig, layers: VitLayers, options: VitGraphOptions) {
    this.#g = graph;
    this.#config = config;
    this.#layers = layers;
    this.#plain = options.operators === "plain";
    this.#hiddenStates = options.hiddenStates === true;
  }

  tokens(): Uint8Array {
    const { layers, hiddenSize } = this.#config;
    const dims = ["n", "tokens", hiddenSize];
    let x = this.#rows(this.#embed());
    for (let i = 0; i <= layers; i++) {
      if (this.#hiddenStates) this.#g.output(`hidden_${i}`, this.#images(x), "float32", dims);
      if (i < layers) x = this.#block(x, i);
    }
    this.#g.output("tokens", this.#images(this.#layers.lastNorm(x)), "float32", dims);
    return this.#g.build();
  }

  attentionWeights(block: number): Uint8Array {
    const g = this.#g;
    const { hiddenSize: d, heads } = this.#config;
    const hidden = g.input("hidden", "float32", ["n", "tokens", d]);
    const from = g.input("from", "int64", ["k"]);
    this.#declareRotation();
    this.#n = this.#count(hidden);
    const [q, k] = this.#layers.qkv(this.#layers.norm1(this.#rows(hidden), block), block);
    const [query, key] = [q, k].map((x) => this.#turned(this.#images(x)));
    const wanted = g.op("Gather", [query, from], { axis: 1 });
    g.output("attention", this.#softmax(wanted, key), "float32", ["n", heads, "k", "tokens"]);
    return g.build();
  }

  #embed(): Value {
    const g = this.#g;
    const { hiddenSize: d, positions } = this.#config;
    const pixels = g.input("pixel_values", "float32", ["n", 3, "h", "w"]);
    const prefix = g.input("prefix", "float32", [1, "prefix", d]);
    const map = this.#layers.patches(pixels);
    let patches = g.op("Transpose", [g.op("Reshape", [map, g.int64([0, d, -1])])], { perm: [0, 2, 1] });
    if (positions.kind === "learned")
      patches = g.op("Add", [patches, g.input("positions", "float32", [1, "patches", d])]);
    else this.#declareRotation();
    this.#n = this.#count(pixels);
    const repeated = g.op("Expand", [prefix, g.op("Concat", [this.#n, g.int64([1, 1])], { axis: 0 })]);
    return g.op("Concat", [repeated, patches], { axis: 1 });
  }

  /** The number of images. */
  #count(x: Value): Value {
    return this.#g.op("Slice", [this.#g.op("Shape", [x]), this.#g.int64([0]), this.#g.int64([1])]);
  }

  /** [n, tokens, hidden] as [n x tokens, hidden] */
  #rows(x: Value): Value {
    return this.#g.op("Reshape", [x, this.#g.int64([-1, this.#config.hiddenSize])]);
  }

  /** [n x tokens, hidden] as [n, tokens, hidden] */
  #images(x: Value): Value {
    const g = this.#g;
    this.#shape ??= g.op("Concat", [this.#n, g.int64([-1, this.#config.hiddenSize])], { axis: 0 });
    return g.op("Reshape", [x, this.#shape]);
  }

  #declareRotation(): void {
    const { hiddenSize, heads, positions } = this.#config;
    if (positions.kind !== "rotary") return;
    const dims = ["tokens", hiddenSize / heads / 2];
    this.#rotation = { cos: this.#g.input("cos", "float32", dims), sin: this.#g.input("sin", "float32", dims) };
  }

  #block(x: Value, i: number): Value {
    const attended = this.#attention(this.#layers.norm1(x, i), i);
    const y = this.#g.op("Add", [x, this.#layers.projection(attended, i)]);
    const [hidden, values] = this.#layers.mlpIn(this.#layers.norm2(y, i), i);
    const active = this.#activation(hidden);
    const gated = values === undefined ? active : this.#g.op("Mul", [active, values]);
    return this.#g.op("Add", [y, this.#layers.mlpOut(gated, i)]);
  }

  #attention(x: Value, i: number): Value {
    const { heads } = this.#config;
    const [query, key, v] = this.#layers.qkv(x, i).map((y) => this.#images(y));
    const [q, k] = [this.#turned(query), this.#turned(key)];
    if (!this.#plain)
      return this.#rows(this.#g.op("MultiHeadAttention", [q, k, v], { num_heads: heads }, "com.microsoft"));
    const mixed = this.#g.op("MatMul", [this.#softmax(q, k), this.#heads(v)]);
    return this.#rows(this.#g.op("Transpose", [mixed], { perm: [0, 2, 1, 3] }));
  }

  /** softmax(q kᵀ / √head), [n, heads, queries, tokens] */
  #softmax(q: Value, k: Value): Value {
    const g = this.#g;
    const { hiddenSize: d, heads } = this.#config;
    const keys = g.op("Transpose", [this.#heads(k)], { perm: [0, 1, 3, 2] });
    const scores = g.op("MatMul", [g.op("Mul", [this.#heads(q), g.scalar((d / heads) ** -0.5)]), keys]);
    return g.op("Softmax", [scores], { axis: -1 });
  }

  /** [n, tokens, hidden] as [n, heads, tokens, head] */
  #heads(x: Value): Value {
    const { hiddenSize: d, heads } = this.#config;
    const split = this.#g.op("Reshape", [x, this.#g.int64([0, -1, heads, d / heads])]);
    return this.#g.op("Transpose", [split], { perm: [0, 2, 1, 3] });
  }

  /** Queries or keys turned by their token's angles, the first half of a head against the second. */
  #turned(x: Value): Value {
    if (this.#rotation === undefined) return x;
    const g = this.#g;
    const { cos, sin } = this.#rotation;
    const { hiddenSize: d, heads } = this.#config;
    if (!this.#plain)
      return g.op("RotaryEmbedding", [x, g.int64([0]), cos, sin], { num_heads: heads }, "com.microsoft");
    const split = g.op("Reshape", [x, g.int64([0, -1, heads, d / heads])]);
    const [a, b] = g.ops("Split", [split], 2, { axis: -1, num_outputs: 2 });
    const [c, s] = [cos, sin].map((t) => g.op("Unsqueeze", [t, g.int64([1])]));
    const first = g.op("Sub", [g.op("Mul", [a, c]), g.op("Mul", [b, s])]);
    const second = g.op("Add", [g.op("Mul", [b, c]), g.op("Mul", [a, s])]);
    return g.op("Reshape", [g.op("Concat", [first, second], { axis: -1 }), g.int64([0, -1, d])]);
  }

  #activation(x: Value): Value {
    const g = this.#g;
    if (this.#config.mlp.activation === "silu") return g.op("Mul", [x, g.op("Sigmoid", [x])]);
    if (!this.#plain) return g.op("Gelu", [x], {}, "com.microsoft");
    // the exact GELU, x Φ(x)
    const erf = g.op("Erf", [g.op("Mul", [x, g.scalar(Math.SQRT1_2)])]);
    return g.op("Mul", [g.op("Mul", [x, g.scalar(0.5)]), g.op("Add", [erf, g.scalar(1)])]);
  }
}
