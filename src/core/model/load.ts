/** Opens models by name, folder or ONNX file. */
import { basename, extname, resolve } from "node:path";
import { checkChoice } from "../check-choice.js";
import { ofCell } from "../display-hook.js";
import { ArgumentError, ClosedError } from "../errors.js";
import { readPreprocessorConfig } from "../image/preprocessor-config.js";
import { imagenetTransform, type Transform } from "../image/transform.js";
import { threadCount } from "../runtime/runtime.js";
import { findModel } from "./catalogue.js";
import { extract, extractStream } from "./extract.js";
import { fingerprintOf } from "./fingerprint.js";
import type { Model, Network, NetworkOptions } from "./model.js";
import { openNetwork, openOnnxFileNetwork } from "./network.js";
import { assumedTransform, checkNotTwice, isOwn } from "./onnx/preparation.js";

export type LoadOptions = NetworkOptions;

/**
 * Loads a model.
 *
 * @param source a catalogue name such as "efficientnet-lite0", which ships with the project, or "dinov2-small"; a
 *   Hub id whose files are in the Hugging Face cache; a folder with config.json and the weights as safetensors, whole
 *   or in shards, or as `onnx/model.onnx`; or an ONNX file of a network for pictures, such as torchvision's
 *   "resnet50.onnx". For a file, preprocessor_config.json beside it says how pictures are prepared; without one it is
 *   as usual for ImageNet, and `transformAssumed` is true
 * @throws ArgumentError for an unknown name or one whose files are not on this disk
 * @throws FileError, CheckpointError naming the file and the tensor or key that is missing or wrong
 */
export async function loadModel(source: string, options: LoadOptions = {}): Promise<Model> {
  if (typeof source !== "string" || source === "")
    throw new ArgumentError("model", 'is missing: give a folder or a name such as "efficientnet-lite0"');
  checkOptions(options);
  const { folder, file } = await findModel(source);
  const declared = await readPreprocessorConfig(folder);
  const network = await (file === undefined ? openNetwork(folder, options) : openOnnxFileNetwork(file, options));
  try {
    const isPath = source === (file ?? folder);
    const known = { name: isPath ? pathName(source) : source, source: isPath ? resolve(source) : source };
    return modelOf({ ...known, ...preparation(network, declared) }, network, options);
  } catch (error) {
    await network.close();
    throw error;
  }
}

type Preparation = Pick<Model, "transform" | "transformAssumed" | "ownNormalisation">;

/** How pictures are prepared for the network. @throws CheckpointError when they would be normalised twice */
function preparation({ convention }: Network, declared: Transform | undefined): Preparation {
  if (!convention) return { transform: declared ?? imagenetTransform, transformAssumed: declared === undefined };
  if (declared) checkNotTwice(declared, convention);
  const { normalisation } = convention;
  const own = isOwn(normalisation) ? { mean: normalisation.mean, std: normalisation.std } : undefined;
  return {
    transform: declared ?? assumedTransform(convention),
    transformAssumed: declared === undefined,
    ...(own ? { ownNormalisation: own } : {}),
  };
}

/** What can be told before any file is read, whatever the family. */
function checkOptions({ threads, operators, positionRule, precision }: LoadOptions): void {
  threadCount(threads);
  checkChoice("operators", operators, ["fused", "plain"]);
  checkChoice("precision", precision, ["fp32", "int8"]);
  checkChoice("positionRule", positionRule, ["upstream", "transformers"]);
}

/** A name for captions and records, from the path of a folder or an ONNX file. */
function pathName(path: string): string {
  const whole = resolve(path);
  return extname(whole).toLowerCase() === ".onnx" ? basename(whole, extname(whole)) : basename(whole);
}

/** Frees the network of a model that was dropped without `close()`, such as one of a notebook cell that ran again. */
const dropped = new FinalizationRegistry<Network>((network) => void network.close());

/** One entry a job: a model at work must not count as dropped, even when only the promise of its work is kept. */
const jobs = new Set<{ model: Model }>();

function modelOf(known: Pick<Model, "name" | "source"> & Preparation, network: Network, options: LoadOptions): Model {
  const { name, transform } = known;
  let closed = false;
  let fingerprint: Promise<string> | undefined;
  const gone = () => new ClosedError(`the model ${name}`);
  /** Call the result when the job is over. */
  const begin = (): (() => void) => {
    if (closed) throw gone();
    const entry = { model };
    jobs.add(entry);
    return () => jobs.delete(entry);
  };
  const orGone = (error: unknown): unknown => (error instanceof ClosedError ? gone() : error);
  const work = async <T>(job: () => Promise<T>): Promise<T> => {
    const end = begin();
    try {
      return await job();
    } catch (error) {
      throw orGone(error);
    } finally {
      end();
    }
  };
  async function* streamed(...[images, settings]: Parameters<Model["stream"]>): ReturnType<Model["stream"]> {
    const end = begin();
    try {
      yield* extractStream({ network, name, transform }, images, settings);
    } catch (error) {
      throw orGone(error);
    } finally {
      end();
    }
  }
  const close = async () => {
    closed = true;
    dropped.unregister(network);
    await network.close();
  };
  const { family, dim, patchDim, patchSize } = network;
  const model: Model = {
    ...known,
    ...{ family, dim, patchDim, patchSize },
    forward: (pixels, options = {}) => work(() => network.forward(pixels, ofCell(options))),
    extract: (images, options = {}) => work(() => extract({ network, name, transform }, images, ofCell(options))),
    stream: (images, options = {}) => streamed(images, ofCell(options)),
    fingerprint() {
      fingerprint ??= fingerprintOf(network, options).catch((error) => {
        // what could not be read is tried again
        fingerprint = undefined;
        throw error;
      });
      return fingerprint;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
  dropped.register(model, network, network);
  return model;
}
