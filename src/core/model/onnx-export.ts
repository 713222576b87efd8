/**
 * A vision transformer that was exported to ONNX, in a folder as the Hub's onnx-community keeps them: config.json,
 * preprocessor_config.json and `onnx/model.onnx` or another of its names.
 */
import { existsSync } from "node:fs";
import { CheckpointError, RuntimeError } from "../errors.js";
import { openRuntime, type Runtime, type Session } from "../runtime/runtime.js";
import type { Tensor } from "../runtime/tensor.js";
import type { VitFamily } from "./families/family.js";
import type { ForwardOptions, ModelOutput, Network, NetworkOptions, PixelTensor } from "./model.js";
import { findOnnxFile, openOnnxFile } from "./onnx-file.js";
import { checkSignature, picturesARun, pixelsInput, tokensOutput } from "./onnx-signature.js";
import { firstOf, partsOf } from "./pixel-parts.js";
import { checkPixels } from "./pixels.js";
import { readVitConfig } from "./read-vit-config.js";
import { refuseTransformerOutputs } from "./transformer-outputs.js";
import { prefixTokens, type VitConfig } from "./vit-config.js";
import { classTokens, patchTokens, registerTokens } from "./vit-tokens.js";

/**
 * Opens config.json and the ONNX file of a Hub folder. Its operators and the way that it resizes position embeddings
 * are fixed in the file; older ones on the Hub resize them bilinearly, and so differ from PyTorch at some sizes.
 *
 * @param options.precision "fp32" takes model.onnx or else model_fp16.onnx, "int8" takes model_quantized.onnx,
 *   model_int8.onnx or model_uint8.onnx (default: the most precise file that is there); positionRule and operators do
 *   nothing
 * @returns a network whose tokens are the file's `last_hidden_state`; `cls` is the first of them, since
 *   `pooler_output` passes through an untrained layer in some families. It gives no hidden states and no attention
 * @throws FileError, CheckpointError when a file is missing, unreadable or a link out of the folder, when it takes or
 *   gives something else than `pixel_values` and `last_hidden_state` in float32, or does not fit its config.json
 * @see https://huggingface.co/onnx-community; https://github.com/huggingface/optimum/pull/1580 on positions
 */
export async function openOnnxExport(
  folder: string,
  family: VitFamily,
  options: NetworkOptions = {},
): Promise<Network> {
  const { config } = await readVitConfig(folder, family);
  const path = await findOnnxFile(folder, options.precision);
  const runtime = openRuntime();
  try {
    const session = await openOnnxFile(runtime, path, options);
    checkSignature(path, session, config.hiddenSize);
    return new OnnxExport({ family: family.modelType, config, path, files: withData(path), runtime, session });
  } catch (error) {
    await runtime.close();
    throw error;
  }
}

/** Files too large for one ONNX file have their weights beside it, by exporters' custom under these names. */
function withData(path: string): string[] {
  return [path, `${path}_data`, `${path}.data`].filter((file) => existsSync(file));
}

interface Parts {
  family: string;
  config: VitConfig;
  path: string;
  /** the ONNX file, and the one that it may keep its weights in */
  files: string[];
  runtime: Runtime;
  session: Session;
}

class OnnxExport implements Network {
  readonly family: string;
  readonly dim: number;
  readonly patchDim: number;
  readonly patchSize: number;
  readonly singly = false;
  readonly configuration: object;
  readonly weightFiles: readonly string[];
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.family = parts.family;
    this.dim = this.patchDim = parts.config.hiddenSize;
    this.patchSize = parts.config.patchSize;
    this.configuration = parts.config;
    this.weightFiles = parts.files;
    this.#parts = parts;
  }

  async forward(pixels: PixelTensor, options: ForwardOptions = {}): Promise<ModelOutput> {
    refuseTransformerOutputs(options, "is nothing that an ONNX export gives: use a folder with model.safetensors");
    checkPixels(pixels, this.patchSize);
    const perRun = picturesARun(this.#parts.path, this.#parts.session, pixels);
    const runs: Tensor<Float32Array>[] = [];
    for (const part of partsOf(pixels, perRun)) runs.push(await this.#run(part, options.signal));
    const tokens = firstOf(runs, pixels.dims[0]);
    const [rows, cols] = [pixels.dims[2] / this.patchSize, pixels.dims[3] / this.patchSize];
    const { registers } = this.#parts.config;
    return {
      cls: classTokens(tokens),
      patches: options.clsOnly ? [] : patchTokens(tokens, rows, cols),
      ...(registers > 0 ? { registers: registerTokens(tokens, registers) } : {}),
    };
  }

  close(): Promise<void> {
    return this.#parts.runtime.close();
  }

  async #run(pixels: PixelTensor, signal?: AbortSignal): Promise<Tensor<Float32Array>> {
    const { config, path, session } = this.#parts;
    const [n, , height, width] = pixels.dims;
    const out = await session.run({ [pixelsInput]: pixels }, { outputs: [tokensOutput], signal }).catch((cause) => {
      throw cause instanceof RuntimeError ? failed(path, [height, width], cause) : cause;
    });
    const tokens = out[tokensOutput] as Tensor<Float32Array>;
    const count = prefixTokens(config) + (height / config.patchSize) * (width / config.patchSize);
    const expected = [n, count, config.hiddenSize];
    if (tokens.dims.length === 3 && tokens.dims.every((size, i) => size === expected[i])) return tokens;
    throw new CheckpointError(
      path,
      `puts out [${tokens.dims.join(", ")}] at ${height} x ${width} where config.json promises [${expected.join(", ")}]`,
      { entry: tokens.dims[2] === config.hiddenSize ? "patch_size" : "hidden_size" },
    );
  }
}

/** An export that was traced at one size may claim to take any. */
function failed(path: string, [height, width]: readonly number[], cause: RuntimeError): Error {
  if (/alloc/i.test(cause.message)) return cause;
  return new CheckpointError(
    path,
    `fails at ${height} x ${width} pixels: it may work at one size alone, often the image_size of its config.json`,
    { cause },
  );
}
