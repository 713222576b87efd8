/** What `extract` gathers batch by batch, put together at the end. */
import type { PreparedPicture } from "../image/preprocess.js";
import type { Matrix, Patches } from "../numeric/matrix.js";
import { stackRows } from "../numeric/stack-rows.js";
import type { FailedPicture, Picture } from "../picture.js";
import type { Tensor } from "../runtime/tensor.js";
import { joinedTensors } from "./joined-tensors.js";
import type { Attention, Features, LayerOutput, ModelOutput } from "./model.js";

export class Gathered {
  readonly pictures: Picture[] = [];
  readonly failed: FailedPicture[] = [];
  #inputSize: readonly [height: number, width: number] = [0, 0];
  readonly #modelName: string;
  readonly #dim: number;
  readonly #vectors: Matrix[] = [];
  readonly #registers: Tensor<Float32Array>[] = [];
  readonly #pooled: Matrix[] = [];
  readonly #patches: Patches[] = [];
  readonly #attentions: Attention[] = [];
  readonly #layers: { layer: number; normalised: boolean; vectors: Matrix[]; patches: Patches[] }[] = [];

  constructor(modelName: string, dim: number) {
    this.#modelName = modelName;
    this.#dim = dim;
  }

  add(images: readonly PreparedPicture[], output: ModelOutput & { pooled?: Matrix }): void {
    const { height, width } = images[0];
    this.#inputSize = [height, width];
    this.pictures.push(...images.map((image) => image.picture));
    this.#vectors.push(output.cls);
    if (output.registers) this.#registers.push(output.registers);
    if (output.pooled) this.#pooled.push(output.pooled);
    this.#patches.push(...this.#known(output.patches, images));
    this.#attentions.push(...this.#known(output.attention ?? [], images));
    output.layers?.forEach(({ layer, normalised, cls, patches }, i) => {
      this.#layers[i] ??= { layer, normalised, vectors: [], patches: [] };
      this.#layers[i].vectors.push(cls);
      this.#layers[i].patches.push(...this.#known(patches, images));
    });
  }

  features(): Features {
    const { pictures, failed } = this;
    const layers = this.#layers.map(
      ({ vectors, ...rest }): LayerOutput => ({ ...rest, cls: stackRows(vectors, this.#dim) }),
    );
    return {
      cls: stackRows(this.#vectors, this.#dim),
      patches: this.#patches,
      ...(this.#registers.length > 0 ? { registers: joinedTensors(this.#registers) } : {}),
      pictures,
      inputSize: this.#inputSize,
      failed,
      ...(layers.length > 0 ? { layers } : {}),
      ...(this.#attentions.length > 0 ? { attentions: this.#attentions } : {}),
      ...(this.#pooled.length > 0 ? { pooled: stackRows(this.#pooled, this.#pooled[0].cols) } : {}),
    };
  }

  /** The records with what is known of their pictures. */
  #known<T>(records: readonly T[], images: readonly PreparedPicture[]): T[] {
    const [modelName, inputSize] = [this.#modelName, this.#inputSize];
    return records.map((record, i) => ({ ...record, picture: images[i].picture, modelName, inputSize }));
  }
}
