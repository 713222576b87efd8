/** The ONNX files of a Hub folder: which of them to take, and what is wrong with one that does not open. */
import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { CheckpointError, RuntimeError } from "../errors.js";
import { fileInModelFolder } from "../model-file.js";
import type { Runtime, Session, SessionOptions } from "../runtime/runtime.js";
import type { NetworkOptions } from "./model.js";

type Precision = NonNullable<NetworkOptions["precision"]>;

/**
 * By falling precision. Of those with 8 bits, the one that transformers.js takes for "q8" comes first.
 *
 * @see https://huggingface.co/docs/transformers.js/guides/dtypes for the names
 */
const preference: readonly { name: string; precision?: Precision }[] = [
  { name: "model.onnx", precision: "fp32" },
  { name: "model_fp16.onnx", precision: "fp32" },
  { name: "model_quantized.onnx", precision: "int8" },
  { name: "model_int8.onnx", precision: "int8" },
  { name: "model_uint8.onnx", precision: "int8" },
  { name: "model_q4.onnx" },
  { name: "model_q4f16.onnx" },
  { name: "model_bnb4.onnx" },
];

/** The known names among `names`, best first; `precision` leaves only those that keep to it. */
export function rankOnnxFiles(names: readonly string[], precision?: Precision): string[] {
  const fitting = preference.filter((file) => precision === undefined || file.precision === precision);
  return fitting.map((file) => file.name).filter((name) => names.includes(name));
}

/** Names of the ONNX files in a model folder's `onnx`, in the alphabet's order; none when there is no such folder. */
export async function listOnnxFiles(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, "onnx")).catch(() => []);
  return names.filter((name) => /^model.*\.onnx$/.test(name)).sort();
}

/**
 * The ONNX file of a model folder that fits the precision best.
 *
 * @returns its path in the folder, links unresolved: onnxruntime looks beside it for weights kept in another file
 * @throws CheckpointError when there is none or it lies outside the folder
 */
export async function findOnnxFile(folder: string, precision?: Precision): Promise<string> {
  const names = await listOnnxFiles(folder);
  const [name] = rankOnnxFiles(names, precision);
  if (name === undefined) throw noneFits(folder, names, precision);
  await fileInModelFolder(folder, join("onnx", name));
  return join(folder, "onnx", name);
}

/**
 * The ONNX file of a folder of any family: of those in `onnx` the one that `findOnnxFile` gives, or else of those right
 * in the folder, where exporters leave them.
 *
 * @returns undefined when there is none
 * @throws CheckpointError when it cannot be told which of several, or it lies outside the folder
 */
export async function findAnyOnnxFile(folder: string, precision?: Precision): Promise<string | undefined> {
  if ((await listOnnxFiles(folder)).length > 0) return findOnnxFile(folder, precision);
  const names = (await readdir(folder)).filter((name) => extname(name).toLowerCase() === ".onnx").sort();
  if (names.length === 0) return undefined;
  const name = names.length === 1 ? names[0] : rankOnnxFiles(names, precision)[0];
  if (name === undefined)
    throw new CheckpointError(folder, `has ${names.join(", ")}: give the one that you want by its path`);
  await fileInModelFolder(folder, name);
  return join(folder, name);
}

function noneFits(folder: string, names: readonly string[], precision?: Precision): CheckpointError {
  const wanted = rankOnnxFiles(
    preference.map((file) => file.name),
    precision,
  );
  const needs = `needs one of ${wanted.join(", ")}${precision === undefined ? "" : ` for precision "${precision}"`}`;
  const there = names.length === 0 ? "and has no ONNX file" : `and has ${names.join(", ")}`;
  return new CheckpointError(join(folder, "onnx"), `${needs} ${there}: download the one that you want`);
}

/** Opens a file that `findOnnxFile` gave. @throws CheckpointError that says why onnxruntime refuses it */
export function openOnnxFile(runtime: Runtime, path: string, options: SessionOptions): Promise<Session> {
  return openOnnxSession(runtime, path, path, options);
}

/** The same for its bytes, which may have been added to. */
export function openOnnxSession(
  runtime: Runtime,
  path: string,
  model: Uint8Array | string,
  options: SessionOptions,
): Promise<Session> {
  return runtime.open(model, options).catch((cause) => {
    if (cause instanceof RuntimeError) throw new CheckpointError(path, reasonOf(cause.message), { cause });
    throw cause;
  });
}

/**
 * onnxruntime itself keeps an ONNX file's references to other files inside its folder, or inside that of the file
 * that it is a link to, as in the Hub's cache; its messages are all that tells what it refused.
 */
function reasonOf(message: string): string {
  const missing = /External data path does not exist: ".*?([^/\\"]+)"/.exec(message);
  if (missing) return `keeps its weights in ${missing[1]}, which is missing: download it into the same folder`;
  if (/External data path|Absolute path not allowed/.test(message))
    return "names a file outside its folder for its weights: put that file beside it, and trust neither unseen";
  if (/External initializer|out of bounds/.test(message))
    return "keeps its weights in a file that ends too early: it is truncated, download it again";
  const operator = /Could not find an implementation for (\w+)/.exec(message);
  const unknown = /No Op registered for (\w+)|Fatal error: ([\w.:]+)\(.*is not a registered/.exec(message);
  if (unknown) return `uses ${unknown[1] ?? unknown[2]}, which onnxruntime does not know: export it without`;
  if (/IR version|under development/.test(message))
    return "is written in a newer form of ONNX than onnxruntime reads here: export it with a lower opset";
  if (operator) return `uses ${operator[1]} as onnxruntime does not have it here: take another of the ONNX files`;
  return "is no ONNX file that onnxruntime accepts: download it again";
}
