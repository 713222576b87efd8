/** Weights as 8-bit whole numbers with one scale an output, which the products of the int8 graph take. */

/** The product's weights as onnxruntime takes them, [inputs, outputs], and what each output's numbers are times. */
export interface QuantisedWeight {
  data: Int8Array;
  /** [outputs] */
  scale: Float32Array;
}

/** Below it, most / 127 would lose digits. */
const smallest = 1e-35;

/**
 * Symmetric quantisation by output: scale = largest magnitude / 127, no zero point.
 *
 * @param weight [outputs, inputs], as checkpoints have it
 */
export function quantise(weight: Float32Array, outputs: number, inputs: number): QuantisedWeight {
  const data = new Int8Array(weight.length);
  const scale = new Float32Array(outputs);
  for (let o = 0; o < outputs; o++) {
    let most = 0;
    for (let i = 0; i < inputs; i++) most = Math.max(most, Math.abs(weight[o * inputs + i]));
    // an output of zeros, or of numbers too small for a scale of single precision, becomes one of zeros
    scale[o] = most > smallest ? most / 127 : 1;
    const factor = 1 / scale[o];
    for (let i = 0; i < inputs; i++) data[i * outputs + o] = Math.round(weight[o * inputs + i] * factor);
  }
  return { data, scale };
}
