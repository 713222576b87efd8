/** The models that can be named: those that ship with the project, and published checkpoints on the Hugging Face Hub. */
import { existsSync, statSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ArgumentError, FileError } from "../errors.js";
import { byteSize } from "../hub/byte-size.js";
import { isHubId } from "../hub/cache-layout.js";
import { findSnapshot } from "../hub/find-snapshot.js";
import { hubCacheFolder } from "../hub/settings.js";
import { type CatalogueEntry, publishedModels } from "./published-models.js";

export type { CatalogueEntry };

/** Every model that has a name: the bundled one, DINO, DINOv2, DINOv2 with registers and DINOv3. */
export const catalogue: readonly CatalogueEntry[] = publishedModels;

/** Where the models lie that ship with the project. */
const bundledFolder = fileURLToPath(new URL("../../../models/", import.meta.url));

/** The entry of a name, a Hub id or the authors' name in torch.hub. */
export function catalogueEntry(source: string): CatalogueEntry | undefined {
  return catalogue.find(({ name, hubId, torchHub }) => [name, hubId, torchHub].includes(source));
}

/** Where a catalogue's model lies, when it is on this disk with all that it needs. */
export async function folderOf({ name, hubId, revision }: CatalogueEntry): Promise<string | undefined> {
  if (hubId !== undefined) return cachedFolder(hubId, revision);
  const bundled = join(bundledFolder, name);
  return existsSync(bundled) ? bundled : undefined;
}

/** What a model's name or path stands for: its folder, or one ONNX file and the folder with its preprocessor_config.json. */
export interface ModelPlace {
  folder: string;
  file?: string;
}

/**
 * Where a model lies: as `findModelFolder`, or an ONNX file given by its path.
 *
 * @throws FileError for a path that is neither; ArgumentError for a name that is not known or not on this disk
 */
export async function findModel(source: string): Promise<ModelPlace> {
  const isOnnx = extname(source).toLowerCase() === ".onnx";
  if (!isOnnx || (existsSync(source) && statSync(source).isDirectory()))
    return { folder: await findModelFolder(source) };
  if (!existsSync(source)) {
    // a repository may be called so
    const cached = isHubId(source) ? await cachedFolder(source) : undefined;
    if (cached !== undefined) return { folder: cached };
    throw new FileError(source, "is not there: give the path of an ONNX file that is");
  }
  const folder = dirname(source);
  // in folders of the Hub, what belongs to onnx/model.onnx lies one further up
  const inHubFolder = basename(folder) === "onnx" && !existsSync(join(folder, "preprocessor_config.json"));
  return { folder: inHubFolder ? dirname(folder) : folder, file: source };
}

/**
 * The folder that a model's name or path stands for: a folder given by its path, a bundled model, or a checkpoint
 * that some program has downloaded into the Hugging Face cache.
 *
 * @param source catalogue name ("dinov2-small"), Hub id ("facebook/dinov2-small") or folder
 * @throws FileError for a path that is no folder; ArgumentError for a name that is not known or not on this disk
 */
export async function findModelFolder(source: string): Promise<string> {
  if (existsSync(source)) {
    if (statSync(source).isDirectory()) return source;
    const isOnnx = extname(source).toLowerCase() === ".onnx";
    const advice = "give the model's folder, the one with config.json";
    throw new FileError(source, isOnnx ? `is one ONNX file: ${advice}` : `is a file: ${advice}, or an ONNX file`);
  }
  const entry = catalogueEntry(source);
  if (!entry && !isHubId(source)) throw unknownModel(source);
  const folder = entry ? await folderOf(entry) : await cachedFolder(source);
  if (folder === undefined) throw notHere(source, entry);
  return folder;
}

/** A name that is none of the catalogue's, nor could be one on the Hub. */
export function unknownModel(source: string): ArgumentError {
  const names = catalogue.map((e) => e.name).join(", ");
  return new ArgumentError(
    "model",
    `"${source}" is neither a folder nor a known name: give a folder or one of ${names}`,
  );
}

function notHere(source: string, entry: CatalogueEntry | undefined): ArgumentError {
  const size = entry?.hubId === undefined ? "" : ` (${byteSize(entry.bytes)} from ${entry.hubId})`;
  return new ArgumentError("model", `"${source}" is not on this disk: run \`npx patchlab pull ${source}\`${size}`);
}

/** What the main branch held, where the revision that we would take is not there. */
async function cachedFolder(hubId: string, revision?: string): Promise<string | undefined> {
  const cache = hubCacheFolder();
  const taken = revision === undefined ? undefined : await findSnapshot(cache, hubId, revision);
  return (taken ?? (await findSnapshot(cache, hubId)))?.folder;
}
