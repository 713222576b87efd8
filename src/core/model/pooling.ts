/** One vector of an image's tokens, by the simple ways and by those of published evaluations, under their names. */
import { ArgumentError, ShapeError } from "../errors.js";
import type { Matrix, Patches } from "../numeric/matrix.js";
import { normaliseRows } from "../numeric/normalise.js";

/** A way to pool that takes no setting. */
export type PoolingName =
  | "cls"
  | "mean"
  | "cls+mean"
  | "gem"
  | "dino-knn"
  | "dino-linear-small"
  | "dino-linear-base"
  | "dino-copy-detection"
  | "dinov2-knn"
  | "dinov2-linear-1"
  | "dinov2-linear-4"
  | "dinov3-knn"
  | "dinov3-linear";

/** How tokens become one vector: a name, or the generalised mean with an exponent of one's own. */
export type Pooling = PoolingName | { readonly name: "gem"; readonly p?: number };

/** Tokens that can be pooled; what `forward` and `extract` return are such. */
export interface PoolableTokens {
  /** [n, dim] */
  readonly cls: Matrix;
  /** one record an image */
  readonly patches: readonly Patches[];
  /** blocks one after the other up to the last, after the last norm */
  readonly layers?: readonly { readonly layer: number; readonly normalised: boolean; readonly cls: Matrix }[];
}

type Part = "cls" | "mean" | { readonly gem: number };

interface Rule {
  readonly parts: readonly Part[];
  /** "cls" stands for the class tokens of so many last blocks, the last one last @default the last block's alone */
  readonly blocks?: number;
  /** each vector divided by its length */
  readonly unit?: boolean;
  /** the first number of each part, then the second of each, instead of part after part */
  readonly interleaved?: boolean;
}

/** Exponent and least value of the generalised mean in filipradenovic/cnnimageretrieval-pytorch, cirtorch/layers/functional.py. */
const gemExponent = 3;
const gemLeast = 1e-6;

/**
 * Each as the project's code has it, which decides where a paper leaves the order open. The weights of a published
 * linear head fit the vector that bears its name.
 */
const rules: Readonly<Record<PoolingName, Rule>> = {
  cls: { parts: ["cls"] },
  mean: { parts: ["mean"] },
  "cls+mean": { parts: ["cls", "mean"] },
  gem: { parts: [{ gem: gemExponent }] },
  // facebookresearch/dino: eval_knn.py, vision_transformer.py (forward)
  "dino-knn": { parts: ["cls"], unit: true },
  // facebookresearch/dino: eval_linear.py, n_last_blocks 4 for ViT-S
  "dino-linear-small": { parts: ["cls"], blocks: 4 },
  // facebookresearch/dino: eval_linear.py, n_last_blocks 1 and avgpool_patchtokens for ViT-B, stacked on the last axis
  "dino-linear-base": { parts: ["cls", "mean"], interleaved: true },
  // facebookresearch/dino: eval_copy_detection.py, exponent 4, least value 1e-6
  "dino-copy-detection": { parts: ["cls", { gem: 4 }] },
  // facebookresearch/dinov2: dinov2/eval/knn.py, dinov2/models/vision_transformer.py (x_norm_clstoken)
  "dinov2-knn": { parts: ["cls"], unit: true },
  // facebookresearch/dinov2: dinov2/eval/linear.py (create_linear_input), dinov2/hub/classifiers.py
  "dinov2-linear-1": { parts: ["cls", "mean"] },
  "dinov2-linear-4": { parts: ["cls", "mean"], blocks: 4 },
  // facebookresearch/dinov3: dinov3/eval/knn.py, dinov3/models/vision_transformer.py (x_norm_clstoken)
  "dinov3-knn": { parts: ["cls"], unit: true },
  // facebookresearch/dinov3: dinov3/hub/classifiers.py
  "dinov3-linear": { parts: ["cls", "mean"] },
};

/** The names that `poolTokens` knows. */
export const poolingNames: readonly PoolingName[] = Object.keys(rules) as PoolingName[];

/**
 * Makes one vector of each image's tokens, all of them after the last norm; registers take no part.
 *
 * - "cls": the class token; a convolutional network's image vector
 * - "mean": the mean of the patches; "cls+mean": both, one after the other
 * - "gem": the generalised mean of the patches, (mean of x^p)^(1/p) with x at least 1e-6; p is 3, or another by
 *   `{ name: "gem", p: 4 }`
 * - "dino-knn", "dinov2-knn", "dinov3-knn": the class token divided by its length
 * - "dino-linear-small": the class tokens of the last 4 blocks; "dino-linear-base": class token and mean of the patches,
 *   number by number in turn, as the published head's weights are
 * - "dino-copy-detection": the class token and the generalised mean with p = 4
 * - "dinov2-linear-1", "dinov3-linear": class token and mean of the patches; "dinov2-linear-4": the class tokens of the
 *   last 4 blocks and the mean of the last one's patches
 *
 * @param tokens the names with 4 blocks need `layers: 4`, as `extract(images, { pooling })` asks for by itself
 * @returns a new matrix, one row an image
 * @throws ArgumentError for an unknown name, listing the choices, or blocks that are not there; ShapeError when an image
 *   has no patches
 * @see Caron et al. 2021, arXiv:2104.14294; Oquab et al. 2023, arXiv:2304.07193; Radenović et al. 2018,
 *   arXiv:1711.02512, for the generalised mean
 */
export function poolTokens(tokens: PoolableTokens, pooling: Pooling): Matrix {
  const rule = ruleOf(pooling);
  const parts = rule.parts.flatMap((part): readonly Matrix[] => {
    if (part !== "cls") return [pooledPatches(tokens, part)];
    return rule.blocks === undefined ? [tokens.cls] : lastClassTokens(tokens, rule.blocks);
  });
  const pooled = rule.interleaved ? interleaved(parts) : sideBySide(parts);
  return rule.unit ? normaliseRows(pooled) : pooled;
}

/** What a way to pool needs beside the class token. */
export interface PoolingNeeds {
  readonly patches: boolean;
  /** how many last blocks; 0 when the output is enough */
  readonly blocks: number;
}

/** @throws ArgumentError for an unknown name or an exponent that is none */
export function poolingNeeds(pooling: Pooling): PoolingNeeds {
  const { parts, blocks = 0 } = ruleOf(pooling);
  return { patches: parts.some((part) => part !== "cls"), blocks };
}

function ruleOf(pooling: Pooling): Rule {
  const name = typeof pooling === "string" ? pooling : pooling?.name;
  if (!poolingNames.includes(name))
    throw new ArgumentError("pooling", `is ${JSON.stringify(pooling)}: give one of ${poolingNames.join(", ")}`);
  if (typeof pooling === "string") return rules[pooling];
  if (name !== "gem")
    throw new ArgumentError("pooling", `is a record for "${name}", which takes no settings: give the name alone`);
  const { p = gemExponent } = pooling;
  if (!(p > 0 && Number.isFinite(p))) throw new ArgumentError("pooling.p", `is ${p}: give a number above 0`);
  return { parts: [{ gem: p }] };
}

function lastClassTokens({ layers = [], cls }: PoolableTokens, blocks: number): Matrix[] {
  const last = layers.slice(-blocks);
  const inSequence = last.every(({ layer }, i) => layer === last[0].layer + i);
  if (last.length < blocks || !inSequence)
    throw new ArgumentError(
      "layers",
      `hold ${layers.length === 0 ? "no block" : `block ${layers.map(({ layer }) => layer).join(", ")}`} where the pooling needs the last ${blocks}: ask for them with \`layers: ${blocks}\``,
    );
  if (!last.every(({ normalised }) => normalised))
    throw new ArgumentError("layers", "did not go through the last norm, which the pooling needs: leave out layerNorm");
  if (last.some((layer) => layer.cls.rows !== cls.rows))
    throw new ShapeError("layers", `are not those of the ${cls.rows} images of cls: give one pass's output`);
  return last.map((layer) => layer.cls);
}

function pooledPatches({ cls, patches }: PoolableTokens, part: "mean" | { readonly gem: number }): Matrix {
  if (patches.length !== cls.rows)
    throw new ShapeError(
      "patches",
      `are those of ${patches.length} images where cls has ${cls.rows}: extract without clsOnly, or give \`pooling\` to extract`,
    );
  const dim = patches[0]?.dim ?? 0;
  const data = new Float32Array(patches.length * dim);
  patches.forEach((image, i) => {
    if (image.rows * image.cols === 0 || image.dim !== dim || image.data.length !== image.rows * image.cols * dim)
      throw new ShapeError(`patches[${i}]`, `must hold patches of ${dim} numbers: use what one model gave`);
    data.set(part === "mean" ? meanOf(image) : generalisedMeanOf(image, part.gem), i * dim);
  });
  return { data, rows: patches.length, cols: dim };
}

function meanOf({ data, dim }: Patches): Float64Array {
  const sums = new Float64Array(dim);
  for (let start = 0; start < data.length; start += dim) for (let j = 0; j < dim; j++) sums[j] += data[start + j];
  return sums.map((sum) => sum / (data.length / dim));
}

function generalisedMeanOf({ data, dim }: Patches, p: number): Float64Array {
  const sums = new Float64Array(dim);
  for (let start = 0; start < data.length; start += dim)
    for (let j = 0; j < dim; j++) sums[j] += Math.max(gemLeast, data[start + j]) ** p;
  return sums.map((sum) => (sum / (data.length / dim)) ** (1 / p));
}

function sideBySide(parts: readonly Matrix[]): Matrix {
  const { rows } = parts[0];
  const cols = parts.reduce((sum, part) => sum + part.cols, 0);
  const data = new Float32Array(rows * cols);
  let left = 0;
  for (const part of parts) {
    for (let i = 0; i < rows; i++) data.set(part.data.subarray(i * part.cols, (i + 1) * part.cols), i * cols + left);
    left += part.cols;
  }
  return { data, rows, cols };
}

function interleaved(parts: readonly Matrix[]): Matrix {
  const [{ rows, cols }] = parts;
  const other = parts.find((part) => part.cols !== cols);
  if (other)
    throw new ShapeError(
      "pooling",
      `takes image vector and patches in turn, which have ${cols} and ${other.cols} numbers in this model: use "cls+mean"`,
    );
  const data = new Float32Array(rows * cols * parts.length);
  parts.forEach((part, k) => {
    part.data.forEach((value, i) => {
      data[i * parts.length + k] = value;
    });
  });
  return { data, rows, cols: cols * parts.length };
}
