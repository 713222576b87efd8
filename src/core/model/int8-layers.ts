/**
 * The layers of a vision transformer with 8-bit products: onnxruntime quantises a product's input as it comes, and
 * multiplies whole numbers.
 */
import type { Value } from "../runtime/graph.js";
import { type Int8Product, int8Products } from "./int8-weights.js";
import { FloatLayers } from "./vit-layers.js";
import { weight, wholeNumbers } from "./weights.js";

/** Over the weights of `int8Weights`, which hold what is no product as FloatLayers reads it. */
export class Int8Layers extends FloatLayers {
  override qkv(x: Value, block: number): [Value, Value, Value] {
    return this.#split(this.#product(x, "qkv", block), 3) as [Value, Value, Value];
  }

  override projection(x: Value, block: number): Value {
    return this.#product(x, "projection", block);
  }

  override mlpIn(x: Value, block: number): [Value] | [Value, Value] {
    const y = this.#product(x, "mlpIn", block);
    return this.config.mlp.gate === "none" ? [y] : (this.#split(y, 2) as [Value, Value]);
  }

  override mlpOut(x: Value, block: number): Value {
    return this.#product(x, "mlpOut", block);
  }

  #split(x: Value, parts: number): Value[] {
    return this.g.ops("Split", [x], parts, { axis: -1, num_outputs: parts });
  }

  #product(x: Value, which: "qkv" | "projection" | "mlpIn" | "mlpOut", block: number): Value {
    const { name, inputs, outputs }: Int8Product = int8Products(this.config, this.names, block)[which];
    const w = wholeNumbers(this.g, this.weights, `${name}.weight`, [inputs, outputs]);
    const scale = weight(this.g, this.weights, `${name}.scale`, [outputs]);
    const bias = weight(this.g, this.weights, `${name}.bias`, [outputs]);
    return this.g.op("DynamicQuantizeMatMul", [x, w, scale, "", bias], {}, "com.microsoft");
  }
}
