/**
 * A convolutional network as an ONNX file that puts out an image vector and a feature map: the map's cells are its
 * patches.
 */
import { join } from "node:path";
import { z } from "zod";
import { ArgumentError, CheckpointError, RuntimeError } from "../errors.js";
import { fileInModelFolder } from "../model-file.js";
import { readModelJson } from "../model-json.js";
import { openRuntime, type Runtime, type Session } from "../runtime/runtime.js";
import type { Tensor } from "../runtime/tensor.js";
import { cellsOf } from "./map-cells.js";
import type { ForwardOptions, ModelOutput, Network, NetworkOptions, PixelTensor } from "./model.js";
import { checkPixels } from "./pixels.js";
import { refuseTransformerOutputs } from "./transformer-outputs.js";

const size = z.number().int().positive();

const configSchema = z.looseObject({
  model_type: z.literal("convolutional_onnx"),
  /** a name in the same folder */
  model_file: z.string().regex(/^[^/\\]+$/, "give the name of a file in the same folder"),
  /** pixels between neighbouring cells of the map */
  patch_size: size.max(1024),
  vector_output: z.string(),
  vector_size: size,
  map_output: z.string(),
  map_size: size,
});
type Config = z.infer<typeof configSchema>;

/**
 * Opens a folder with config.json (`model_type` "convolutional_onnx") and its ONNX file.
 *
 * @throws FileError, CheckpointError when the file is missing, unreadable or lacks an output that config.json names
 */
export async function openConvolutional(folder: string, options: NetworkOptions = {}): Promise<Network> {
  if (options.precision === "int8")
    throw new ArgumentError("precision", 'is "int8", which transformers only have: leave it out');
  const config: Config = await readModelJson(join(folder, "config.json"), configSchema);
  const path = await fileInModelFolder(folder, config.model_file);
  const runtime = openRuntime();
  try {
    const session = await runtime.open(path, options).catch((cause) => {
      if (!(cause instanceof RuntimeError)) throw cause;
      throw new CheckpointError(path, "is no ONNX file that onnxruntime accepts: download it again", { cause });
    });
    for (const [key, name] of [
      ["vector_output", config.vector_output],
      ["map_output", config.map_output],
    ])
      if (!session.outputs.some((o) => o.name === name))
        throw new CheckpointError(path, `has no output "${name}", which config.json names as its ${key}`, {
          entry: key,
        });
    return new ConvolutionalNetwork(config, path, runtime, session);
  } catch (error) {
    await runtime.close();
    throw error;
  }
}

class ConvolutionalNetwork implements Network {
  readonly family = "convolutional_onnx";
  readonly dim: number;
  readonly patchDim: number;
  readonly patchSize: number;
  readonly singly = false;
  readonly configuration: object;
  readonly weightFiles: readonly string[];
  readonly #config: Config;
  readonly #path: string;
  readonly #runtime: Runtime;
  readonly #session: Session;

  constructor(config: Config, path: string, runtime: Runtime, session: Session) {
    this.dim = config.vector_size;
    this.patchDim = config.map_size;
    this.patchSize = config.patch_size;
    this.configuration = config;
    this.weightFiles = [path];
    this.#config = config;
    this.#path = path;
    this.#runtime = runtime;
    this.#session = session;
  }

  async forward(pixels: PixelTensor, options: ForwardOptions = {}): Promise<ModelOutput> {
    checkPixels(pixels, this.patchSize);
    refuseTransformerOutputs(options);
    const { vector_output, map_output } = this.#config;
    const out = await this.#session.run(
      { [this.#session.inputs[0].name]: pixels },
      { outputs: options.clsOnly ? [vector_output] : [vector_output, map_output], signal: options.signal },
    );
    const [vectors, map] = [out[vector_output], out[map_output]] as Tensor<Float32Array>[];
    const [n, , height, width] = pixels.dims;
    this.#checkOutput("vector_size", vectors, [n, this.dim]);
    const cls = { data: vectors.data, rows: n, cols: this.dim };
    if (options.clsOnly) return { cls, patches: [] };
    this.#checkOutput("map_size", map, [n, this.patchDim, height / this.patchSize, width / this.patchSize]);
    return { cls, patches: cellsOf(map) };
  }

  /** Sides of length 1 at the end do not count: a pooled vector often comes as [n, size, 1, 1]. */
  #checkOutput(entry: string, { dims }: Tensor, expected: readonly number[]): void {
    const fits =
      expected.every((size, i) => dims[i] === size) && dims.slice(expected.length).every((size) => size === 1);
    if (!fits)
      throw new CheckpointError(
        this.#path,
        `puts out [${dims.join(", ")}] where config.json promises [${expected.join(", ")}]`,
        { entry },
      );
  }

  close(): Promise<void> {
    return this.#runtime.close();
  }
}
