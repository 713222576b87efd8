/**
 * A space of vectors: one model, and one way to read pictures with it. Only vectors of one space can be compared, so
 * its fingerprint goes wherever they go.
 */
import { createHash } from "node:crypto";
import { ModelMismatchError } from "../errors.js";
import { given } from "../given.js";
import { outputSize, type Transform, transformForSize } from "../image/transform.js";
import type { ExtractOptions, Model } from "./model.js";

/** How pictures were read: what `extract` was told, and all that it made of it. */
export interface Reading extends Pick<ExtractOptions, "size" | "fit" | "pooling" | "background"> {
  transform: Transform;
}

export interface VectorSpace {
  /** SHA-256 of the model's own fingerprint and of the reading; or of vectors that were imported without their model */
  fingerprint: string;
  modelName: string;
  /** what `loadModel` opens the model by; absent for vectors from elsewhere */
  modelSource?: string;
  /** absent for vectors from elsewhere: pictures cannot be turned into such */
  reading?: Reading;
}

/** The options of `extract` that decide which vectors come out. */
export type ReadingOptions = Pick<ExtractOptions, "size" | "fit" | "pooling" | "background">;

/** The space that a model puts pictures into. */
export async function spaceOf(model: Model, options: ReadingOptions = {}): Promise<VectorSpace> {
  const { size, fit, pooling, background } = options;
  const transform = transformForSize(model.transform, { size, fit, patchSize: model.patchSize });
  const reading: Reading = { transform, ...given({ size, fit, pooling, background }) };
  const weights = await model.fingerprint();
  const { transform: numbers, pooling: pooled = "cls", background: behind = null } = reading;
  const fingerprint = sha256(canonicalJson({ weights, transform: numbers, pooling: pooled, background: behind }));
  return { fingerprint, modelName: model.name, modelSource: model.source, reading };
}

/** Height and width of the network's input, where the reading fixes them. */
export function inputSizeOf({ reading }: VectorSpace): readonly [height: number, width: number] | undefined {
  const size = reading && outputSize(reading.transform);
  return size && [size.height, size.width];
}

/** @throws ModelMismatchError unless the model, reading pictures the same way, puts them into this space */
export async function checkModel(space: VectorSpace, model: Model, store: string): Promise<void> {
  if (!space.reading)
    throw new ModelMismatchError(
      "model",
      `${model.name} cannot be compared with the vectors of ${space.modelName} in ${store}, which were imported without their model: import them with the model that made them, or search by vector`,
    );
  const given = await spaceOf(model, space.reading);
  if (given.fingerprint !== space.fingerprint)
    throw new ModelMismatchError(
      "model",
      `${model.name} (${short(given.fingerprint)}) is another than ${space.modelName} (${short(space.fingerprint)}), which made the vectors in ${store}: load that one, or embed the pictures with this one too`,
    );
}

/** Enough of a fingerprint to tell a handful apart. */
export function short(fingerprint: string): string {
  return fingerprint.slice(0, 8);
}

export function readingToJson(reading: Reading | undefined): string {
  return reading ? canonicalJson(reading) : "null";
}

/** With keys in the alphabet's order, so that equal values make equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, v) =>
    typeof v === "object" && v !== null && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  );
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
