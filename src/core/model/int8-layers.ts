/**
 * The layers of a vision transformer with 8-bit products: onnxruntime quantises a product's input as it comes, and
 * multiplies whole numbers.
 */
import type { GraphBuilder, Value } from "../runtime/graph.js";
import type { VitTensors } from "./families/family.js";
import { type Int8Product, int8Products } from "./int8-weights.js";
import type { VitConfig } from "./vit-config.js";
import { FloatLayers, type VitLayers } from "./vit-layers.js";
import { type Weights, weight, wholeNumbers } from "./weights.js";

export class Int8Layers implements VitLayers {
  readonly #g: GraphBuilder;
  readonly #config: VitConfig;
  readonly #names: VitTensors;
  readonly #weights: Weights;
  readonly #float: FloatLayers;

  /** @param weights those of `int8Weights` */
  constructor(graph: GraphBuilder, config: VitConfig, names: VitTensors, weights: Weights) {
    this.#g = graph;
    this.#config = config;
    this.#names = names;
    this.#weights = weights;
    this.#float = new FloatLayers(graph, config, names, weights);
  }

  patches(pixels: Value): Value {
    return this.#float.patches(pixels);
  }

  norm1(x: Value, block: number): Value {
    return this.#float.norm1(x, block);
  }

  norm2(x: Value, block: number): Value {
    return this.#float.norm2(x, block);
  }

  lastNorm(x: Value): Value {
    return this.#float.lastNorm(x);
  }

  qkv(x: Value, block: number): [Value, Value, Value] {
    return this.#split(this.#product(x, "qkv", block), 3) as [Value, Value, Value];
  }

  projection(x: Value, block: number): Value {
    return this.#product(x, "projection", block);
  }

  mlpIn(x: Value, block: number): [Value] | [Value, Value] {
    const y = this.#product(x, "mlpIn", block);
    return this.#config.mlp.gate === "none" ? [y] : (this.#split(y, 2) as [Value, Value]);
  }

  mlpOut(x: Value, block: number): Value {
    return this.#product(x, "mlpOut", block);
  }

  #split(x: Value, parts: number): Value[] {
    return this.#g.ops("Split", [x], parts, { axis: -1, num_outputs: parts });
  }

  #product(x: Value, which: "qkv" | "projection" | "mlpIn" | "mlpOut", block: number): Value {
    const { name, inputs, outputs }: Int8Product = int8Products(this.#config, this.#names, block)[which];
    const w = wholeNumbers(this.#g, this.#weights, `${name}.weight`, [inputs, outputs]);
    const scale = weight(this.#g, this.#weights, `${name}.scale`, [outputs]);
    const bias = weight(this.#g, this.#weights, `${name}.bias`, [outputs]);
    return this.#g.op("DynamicQuantizeMatMul", [x, w, scale, "", bias], {}, "com.microsoft");
  }
}
