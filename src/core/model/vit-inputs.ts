/** What a vision transformer takes beside the pixels: the tokens before the patches, and where each patch is. */
import type { Patches } from "../numeric/matrix.js";
import type { Tensor } from "../runtime/tensor.js";
import type { VitTensors } from "./families/family.js";
import { type PositionRule, resizePositions } from "./positions.js";
import { prefixTokens, type VitConfig } from "./vit-config.js";
import { readWeight, type Weights } from "./weights.js";

export type VitInputs = Record<string, Tensor<Float32Array>>;

/** Grids whose positions are kept; those of a ViT-g at 518 pixels take 8 MB. */
const gridsKept = 16;

/** The learned tokens and positions of a checkpoint, brought to the grids that are asked for. */
export class VitInputMaker {
  readonly #config: VitConfig;
  readonly #prefix: Tensor<Float32Array>;
  readonly #learned: Patches | undefined;
  readonly #rule: PositionRule;
  readonly #made = new Map<string, VitInputs>();

  private constructor(config: VitConfig, prefix: Float32Array, learned: Patches | undefined, rule: PositionRule) {
    const dim = config.hiddenSize;
    this.#config = config;
    this.#prefix = { data: prefix, dims: [1, prefix.length / dim, dim] };
    this.#learned = learned;
    this.#rule = rule;
  }

  /** @throws CheckpointError naming the tensor that is missing or has another shape */
  static async read(
    config: VitConfig,
    names: VitTensors,
    weights: Weights,
    rule: "upstream" | "transformers" = "upstream",
  ): Promise<VitInputMaker> {
    const { hiddenSize: dim, registers, positions } = config;
    const prefix = new Float32Array((1 + registers) * dim);
    prefix.set(await readWeight(weights, names.classToken, [1, 1, dim]));
    if (registers > 0 && names.registers !== undefined)
      prefix.set(await readWeight(weights, names.registers, [1, registers, dim]), dim);
    if (positions.kind === "rotary" || names.positions === undefined)
      return new VitInputMaker(config, prefix, undefined, rule);
    const { grid, resize } = positions;
    const all = await readWeight(weights, names.positions, [1, 1 + grid ** 2, dim]);
    for (let i = 0; i < dim; i++) prefix[i] += all[i];
    const learned = { data: all.subarray(dim), rows: grid, cols: grid, dim };
    return new VitInputMaker(config, prefix, learned, resize === "antialias" ? "registers" : rule);
  }

  /** Inputs of a graph for pictures of rows x cols patches. */
  at(rows: number, cols: number): VitInputs {
    const key = `${rows} ${cols}`;
    let made = this.#made.get(key);
    if (!made) {
      made = { prefix: this.#prefix, ...this.places(rows, cols) };
      if (this.#made.size >= gridsKept) this.#made.clear();
      this.#made.set(key, made);
    }
    return made;
  }

  /** `positions` [1, patches, dim], or `cos` and `sin` [tokens, half a head]. */
  places(rows: number, cols: number): VitInputs {
    if (this.#learned) {
      const { data, dim } = resizePositions(this.#learned, rows, cols, this.#rule);
      return { positions: { data, dims: [1, rows * cols, dim] } };
    }
    return this.rotation(rows, cols);
  }

  /** `cos` and `sin` of the angles of each token, or nothing for a family with learned positions. */
  rotation(rows: number, cols: number): VitInputs {
    const { positions, hiddenSize, heads } = this.#config;
    if (positions.kind !== "rotary") return {};
    return rotaryAngles(rows, cols, hiddenSize / heads, positions.theta, prefixTokens(this.#config));
  }
}

/**
 * Cosines and sines of DINOv3's rotary positions: a patch's centre, from -1 to 1 along each side, times 2π times
 * falling frequencies, those of the row first. Tokens before the patches are not turned.
 *
 * @returns `cos` and `sin` [prefix + rows x cols, headSize / 2]
 * @see Siméoni et al. 2025, arXiv:2508.10104, section 3.2; `DINOv3ViTRopePositionEmbedding` in transformers
 */
export function rotaryAngles(rows: number, cols: number, headSize: number, theta: number, prefix: number): VitInputs {
  const half = headSize / 2;
  const frequencies = Array.from({ length: headSize / 4 }, (_, i) => theta ** -((4 * i) / headSize));
  const dims = [prefix + rows * cols, half];
  const cos = new Float32Array(dims[0] * half).fill(1, 0, prefix * half);
  const sin = new Float32Array(dims[0] * half);
  for (let patch = 0; patch < rows * cols; patch++) {
    const centre = [(Math.floor(patch / cols) + 0.5) / rows, ((patch % cols) + 0.5) / cols];
    for (let i = 0; i < half; i++) {
      const side = i < frequencies.length ? 0 : 1;
      const angle = 2 * Math.PI * (2 * centre[side] - 1) * frequencies[i % frequencies.length];
      cos[(prefix + patch) * half + i] = Math.cos(angle);
      sin[(prefix + patch) * half + i] = Math.sin(angle);
    }
  }
  return { cos: { data: cos, dims }, sin: { data: sin, dims } };
}
