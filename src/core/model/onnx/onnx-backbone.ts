/**
 * A network for pictures from one ONNX file, as torchvision, timm, the ONNX Model Zoo or the Hub have them: a ResNet
 * with its classifier, or without.
 */
import { CheckpointError } from "../../errors.js";
import type { Matrix, Patches } from "../../numeric/matrix.js";
import { openRuntime, type Runtime } from "../../runtime/runtime.js";
import type { Tensor } from "../../runtime/tensor.js";
import { cellsOf } from "../map-cells.js";
import type { ForwardOptions, ModelOutput, Network, NetworkOptions, PixelTensor } from "../model.js";
import { picturesARun } from "../onnx-signature.js";
import { checkPixels } from "../pixels.js";
import { refuseTransformerOutputs } from "../transformer-outputs.js";
import { added, type OpenedFile, openOnnxNetwork } from "./open-file.js";
import type { InputConvention } from "./preparation.js";
import { type Probed, probe } from "./probe.js";
import { runFile } from "./run-file.js";

/**
 * Opens an ONNX file that takes pictures. The vector is the file's pooled output, or else what goes into its last
 * linear layer, or else the mean of its map; the patches are the cells of its map, or else of what is pooled into the
 * vector. A file without either, or whose map's cells are no whole number of pixels apart, has no patches: `patchDim`
 * is 0, `patchSize` 1, and `patches` stays empty.
 *
 * The file is read whole, with what it keeps beside it left there, and run once on plain pictures.
 *
 * @param family what the model calls itself
 * @throws FileError, CheckpointError as `openOnnxNetwork` and `probe`
 */
export async function openOnnxBackbone(path: string, options: NetworkOptions = {}, family = "onnx"): Promise<Network> {
  const runtime = openRuntime();
  try {
    const file = await openOnnxNetwork(runtime, path, options);
    return new OnnxBackbone(family, file, await probe(file), runtime);
  } catch (error) {
    await runtime.close();
    throw error;
  }
}

class OnnxBackbone implements Network {
  readonly family: string;
  readonly dim: number;
  readonly patchDim: number;
  readonly patchSize: number;
  readonly singly = false;
  readonly configuration: object;
  readonly weightFiles: readonly string[];
  readonly convention: InputConvention;
  readonly #file: OpenedFile;
  readonly #probed: Probed;
  readonly #runtime: Runtime;

  constructor(family: string, file: OpenedFile, probed: Probed, runtime: Runtime) {
    const { path, input, features } = file;
    const { dim, map, normalisation } = probed;
    this.family = family;
    this.dim = dim;
    this.patchDim = map?.dim ?? 0;
    this.patchSize = map?.stride ?? 1;
    this.configuration = { vector: features.vector ?? null, map: map?.value ?? null };
    this.weightFiles = [path, ...file.weightFiles];
    this.convention = {
      path,
      ...(input.height && input.width ? { size: [input.height, input.width] } : {}),
      ...(normalisation ? { normalisation } : {}),
    };
    this.#file = file;
    this.#probed = probed;
    this.#runtime = runtime;
  }

  async forward(pixels: PixelTensor, options: ForwardOptions = {}): Promise<ModelOutput> {
    refuseTransformerOutputs(options);
    checkPixels(pixels, this.patchSize);
    const { map } = this.#probed;
    const hasVector = this.#file.features.vector !== undefined;
    const wantsMap = map !== undefined && !(options.clsOnly && hasVector);
    const names = [...(hasVector ? [added.vector] : []), ...(wantsMap ? [map.output] : [])];
    // refuses sizes that the file does not take
    picturesARun(this.#file.path, this.#file.session, pixels);
    const advice = `it runs at ${this.#knownSize()}`;
    const out = await runFile(this.#file, pixels, { outputs: names, signal: options.signal, advice });
    const cells = wantsMap ? cellsOf(this.#checked(out[map.output], pixels, map.dim)) : [];
    const cls = hasVector ? matrixOf(this.#checked(out[added.vector], pixels, this.dim)) : meansOf(cells);
    return { cls, patches: options.clsOnly ? [] : cells };
  }

  close(): Promise<void> {
    return this.#runtime.close();
  }

  /** A vector [n, channels], or a map whose cells lie as far apart as they did when the file was opened. */
  #checked(tensor: Tensor<Float32Array>, { dims }: PixelTensor, channels: number): Tensor<Float32Array> {
    const [n, , height, width] = dims;
    const sides = tensor.dims.length > 2 ? [height / this.patchSize, width / this.patchSize] : [];
    const expected = [n, channels, ...sides];
    if (tensor.dims.length === expected.length && expected.every((size, i) => tensor.dims[i] === size)) return tensor;
    throw new CheckpointError(
      this.#file.path,
      `gives [${tensor.dims.join(", ")}] at ${height} x ${width} where [${expected.join(", ")}] is expected: use another size, such as ${this.#knownSize()}`,
    );
  }

  #knownSize(): string {
    const [height, width] = this.#probed.size;
    return `${height} x ${width}`;
  }
}

function matrixOf({ data, dims: [rows, cols] }: Tensor<Float32Array>): Matrix {
  return { data, rows, cols };
}

/** The mean of each image's cells. */
function meansOf(images: readonly Patches[]): Matrix {
  const cols = images[0].dim;
  const data = new Float32Array(images.length * cols);
  images.forEach(({ data: cells }, i) => {
    const sums = new Float64Array(cols);
    for (let at = 0; at < cells.length; at++) sums[at % cols] += cells[at];
    data.set(
      sums.map((sum) => sum / (cells.length / cols)),
      i * cols,
    );
  });
  return { data, rows: images.length, cols };
}
