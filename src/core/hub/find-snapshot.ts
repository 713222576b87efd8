/** Looks a checkpoint up in the Hub's cache, without asking the network. */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { cachedCommit, repositoryFolder, snapshotFolder } from "./cache-layout.js";
import { readShardIndex } from "./shards.js";

export interface Snapshot {
  folder: string;
  commit: string;
}

/**
 * The folder of a revision whose configuration and weights are all there, whichever program downloaded them.
 *
 * @param revision branch, tag, commit or "refs/pr/1"
 */
export async function findSnapshot(
  cacheFolder: string,
  hubId: string,
  revision = "main",
): Promise<Snapshot | undefined> {
  const repository = repositoryFolder(cacheFolder, hubId);
  const commit = await cachedCommit(repository, revision);
  if (commit === undefined) return undefined;
  const folder = snapshotFolder(repository, commit);
  const complete = existsSync(join(folder, "config.json")) && (await hasWeights(folder));
  return complete ? { folder, commit } : undefined;
}

async function hasWeights(folder: string): Promise<boolean> {
  if (existsSync(join(folder, "model.safetensors"))) return true;
  const index = join(folder, "model.safetensors.index.json");
  if (existsSync(index)) {
    // an index that cannot be read is told of by what loads it
    const { files } = await readShardIndex(index).catch(() => ({ files: [] }));
    return files.every((name) => existsSync(join(folder, name)));
  }
  const graphs = await Promise.all([folder, join(folder, "onnx")].map((path) => readdir(path).catch(() => [])));
  return graphs.flat().some((name) => name.endsWith(".onnx"));
}
