/** The models that can be named: those that ship with the project, and published checkpoints on the Hugging Face Hub. */
import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ArgumentError, FileError } from "../errors.js";

export interface CatalogueEntry {
  name: string;
  /** name on the Hugging Face Hub, for models that do not ship with the project */
  hubId?: string;
  /** numbers in an image's vector */
  dim: number;
  /** pixels a patch */
  patchSize: number;
  /** millions of parameters */
  parameters: number;
  /** how it was trained */
  training: "self-supervised" | "supervised";
}

/**
 * Sizes from table 1 of the model card of facebookresearch/dinov2 (parameters of the backbone) and from the model's
 * own files.
 */
export const catalogue: readonly CatalogueEntry[] = [
  { name: "efficientnet-lite0", dim: 1280, patchSize: 32, parameters: 3.4, training: "supervised" },
  ...(
    [
      ["small", 384, 21],
      ["base", 768, 86],
      ["large", 1024, 300],
      ["giant", 1536, 1100],
    ] as const
  ).map(
    ([size, dim, parameters]): CatalogueEntry => ({
      name: `dinov2-${size}`,
      hubId: `facebook/dinov2-${size}`,
      dim,
      patchSize: 14,
      parameters,
      training: "self-supervised",
    }),
  ),
];

/** Where the models lie that ship with the project. */
const bundledFolder = fileURLToPath(new URL("../../../models/", import.meta.url));

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
    throw new FileError(source, "is a file: give the model's folder, the one with config.json");
  }
  const bundled = join(bundledFolder, source);
  const entry = catalogue.find((e) => e.name === source);
  if (entry && !entry.hubId && existsSync(bundled)) return bundled;
  const hubId = entry?.hubId ?? (/^[\w.-]+\/[\w.-]+$/.test(source) ? source : undefined);
  if (hubId === undefined) throw unknown(source);
  const cached = await findInHubCache(hubId);
  if (cached === undefined) throw notHere(source, hubId);
  return cached;
}

function unknown(source: string): Error {
  const names = catalogue.map((e) => e.name).join(", ");
  return new ArgumentError(
    "model",
    `"${source}" is neither a folder nor a known name: give a folder or one of ${names}`,
  );
}

function notHere(source: string, hubId: string): Error {
  return new ArgumentError(
    "model",
    `"${source}" is not on this disk: download config.json, preprocessor_config.json and model.safetensors from https://huggingface.co/${hubId} into a folder and give that folder, or run \`hf download ${hubId}\` once`,
  );
}

/** @see https://huggingface.co/docs/huggingface_hub/guides/manage-cache for the cache's layout */
async function findInHubCache(hubId: string): Promise<string | undefined> {
  const home = process.env.HF_HOME ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "huggingface");
  const cache = process.env.HF_HUB_CACHE ?? join(home, "hub");
  const repository = join(cache, `models--${hubId.replaceAll("/", "--")}`);
  try {
    const revision = (await readFile(join(repository, "refs", "main"), "utf8")).trim();
    if (!/^[0-9a-f]{4,64}$/.test(revision)) return undefined;
    const snapshot = join(repository, "snapshots", revision);
    return existsSync(join(snapshot, "config.json")) ? snapshot : undefined;
  } catch {
    return undefined;
  }
}
