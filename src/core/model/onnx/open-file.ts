/** An ONNX file of a network for pictures: read, looked through, and opened with its features as outputs. */
import { open } from "node:fs/promises";
import { CheckpointError, FileError } from "../../errors.js";
import { GraphBuilder } from "../../runtime/graph.js";
import type { Runtime, Session } from "../../runtime/runtime.js";
import type { NetworkOptions } from "../model.js";
import { openOnnxSession } from "../onnx-file.js";
import { mostPictures } from "../onnx-signature.js";
import { type ExternalFiles, findExternalFiles, withRealNames } from "./external-weights.js";
import { type FeatureValues, findFeatures } from "./features.js";
import { GraphIndex } from "./graph-index.js";
import { firstLayerInput } from "./input-convention.js";
import { type OnnxValue, readOnnxGraph } from "./read-graph.js";

/** What protobuf reads, less what is added; larger networks keep their weights in other files. */
const mostBytes = 2 ** 31 - 2 ** 20;

/** Outputs that the file is given beside its own. */
export const added: { vector: string; map: (i: number) => string; first: string } = {
  vector: "patchlab/vector",
  map: (i: number) => `patchlab/map_${i}`,
  /** what reaches the first convolution */
  first: "patchlab/first",
};

export interface OpenedFile {
  path: string;
  input: FixedInput;
  features: FeatureValues;
  /** whether something lies between the input and the first convolution */
  hasFirst: boolean;
  /** the files with weights besides this one */
  weightFiles: string[];
  session: Session;
}

/** The sizes that a file fixes. */
export interface FixedInput {
  name: string;
  pictures?: number;
  height?: number;
  width?: number;
}

/**
 * @throws FileError when there is no such file
 * @throws CheckpointError when it is no ONNX file, takes something else than pictures in float32, gives no features, or
 *   its weights are missing, truncated or elsewhere
 */
export async function openOnnxNetwork(runtime: Runtime, path: string, options: NetworkOptions): Promise<OpenedFile> {
  const bytes = await readOnnx(path);
  const graph = readOnnxGraph(bytes, path);
  const input = pictureInput(graph.inputs, path);
  const index = new GraphIndex(graph);
  const features = findFeatures(index, path);
  const first = firstLayerInput(index, input.name);
  const external = await findExternalFiles(path, graph);
  const model = withFeatures(external ? withRealNames(bytes, external) : bytes, features, first);
  const session = await openOnnxSession(runtime, path, model, {
    ...options,
    transfer: true,
    ...(external ? { weightsFolder: external.folder } : {}),
  });
  return { path, input, features, hasFirst: first !== undefined, weightFiles: filesOf(external), session };
}

/** Room behind a file for what is added to it. */
const room = 2 ** 16;

/** The file's bytes in a buffer that has `room` behind them, so that networks of some hundred MB are not copied. */
async function readOnnx(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size > mostBytes)
        throw new CheckpointError(
          path,
          `has ${size} bytes where an ONNX file has at most 2 GB: export it with its weights in a file beside it`,
        );
      const buffer = new Uint8Array(size + room);
      let length = 0;
      for (let read = -1; read !== 0 && length < size; length += read)
        read = (await file.read(buffer, length, size - length)).bytesRead;
      return buffer.subarray(0, length);
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof CheckpointError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new FileError(path, `cannot be read (${code ?? message}): check that it is there, and its permissions`, {
      cause,
    });
  }
}

function appended(bytes: Uint8Array, addition: Uint8Array): Uint8Array {
  const { buffer, byteOffset, length } = bytes;
  const size = length + addition.length;
  const fits = byteOffset + size <= buffer.byteLength;
  const whole = fits ? new Uint8Array(buffer, byteOffset, size) : new Uint8Array(size);
  if (!fits) whole.set(bytes);
  whole.set(addition, length);
  return whole;
}

/** TensorProto.DataType of what exporters write for pictures */
const typeNames: Record<number, string> = {
  1: "float32",
  2: "uint8",
  3: "int8",
  6: "int32",
  7: "int64",
  10: "float16",
  11: "float64",
  16: "bfloat16",
};

function pictureInput(inputs: readonly OnnxValue[], path: string): FixedInput {
  const refuse = (problem: string) => new CheckpointError(path, problem, { entry: inputs[0]?.name ?? "" });
  if (inputs.length !== 1)
    throw refuse(
      `takes ${inputs.map(({ name }) => name).join(", ") || "nothing"} where one input with pictures is expected: export the network of pictures alone`,
    );
  const [{ name, type, dims = [] }] = inputs;
  if (type !== 1)
    throw refuse(
      `takes ${name} in ${typeNames[type] ?? `type ${type}`} where float32 is expected: export it in float32`,
    );
  const sizes = `[${dims.map((size) => size ?? "?").join(", ")}]`;
  const [pictures, channels, height, width] = dims;
  if (dims.length === 4 && channels !== 3 && width === 3)
    throw refuse(`takes ${sizes}, with channels last, where [pictures, 3, height, width] is expected: export it so`);
  if ((dims.length !== 4 && dims.length > 0) || (channels ?? 3) !== 3)
    throw refuse(`takes ${sizes} where [pictures, 3, height, width] is expected: give a network for colour pictures`);
  if ((pictures ?? 1) > mostPictures)
    throw refuse(
      `takes ${pictures} pictures at a time where at most ${mostPictures} are expected: export it for any number`,
    );
  return Object.fromEntries(
    Object.entries({ name, pictures, height, width }).filter(([, value]) => value !== undefined),
  ) as unknown as FixedInput;
}

/** The file with more outputs, in float32 whatever the network computes in; a vector may come as [n, c, 1, 1]. */
function withFeatures(bytes: Uint8Array, { vector, maps }: FeatureValues, first: string | undefined): Uint8Array {
  const g = new GraphBuilder("patchlab/");
  const float = (value: string) => g.op("Cast", [value], { to: 1 });
  if (vector !== undefined) g.output(added.vector, g.op("Flatten", [float(vector)]), "float32");
  for (const [i, map] of maps.entries()) g.output(added.map(i), float(map), "float32");
  if (first !== undefined) g.output(added.first, float(first), "float32");
  return appended(bytes, g.buildAddition());
}

function filesOf(external: ExternalFiles | undefined): string[] {
  return external ? [...new Set(external.names.values())].map((name) => `${external.folder}/${name}`) : [];
}
