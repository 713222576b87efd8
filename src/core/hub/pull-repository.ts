/** Brings a model of the Hub into the Hub's cache on this disk, every byte of it checked. */
import { join } from "node:path";
import { ArgumentError, CheckpointError, HubError } from "../errors.js";
import { isHubId, repositoryFolder, snapshotFolder, writeRef } from "./cache-layout.js";
import type { RemoteFile } from "./checksum.js";
import { checkSpace, onDisk } from "./disk-space.js";
import { readable } from "./failures.js";
import { findSnapshot } from "./find-snapshot.js";
import type { HubJob } from "./job.js";
import { missingBytes, type Place, type PulledFile, pullFile } from "./pull-file.js";
import { currentCommit, describeFiles, modelFiles } from "./repository.js";
import { type HubSettings, hubSettings } from "./settings.js";
import { readShardIndex } from "./shards.js";

export interface PullOptions {
  /** branch, tag, commit or "refs/pr/1" @default "main", or what the catalogue says */
  readonly revision?: string;
  /**
   * bytes that are there, of all that belong to the model, and how many of them came over the network in this call;
   * at most ten times a second, and at the end
   */
  readonly onProgress?: (done: number, total: number, received: number) => void;
  /** stops the download; what has come is kept for the next time */
  readonly signal?: AbortSignal;
  /** milliseconds without a byte after which a connection counts as lost @default 30000 */
  readonly timeout?: number;
  /** milliseconds before a failed request is repeated, twice as many before each further time @default 1000 */
  readonly retryDelay?: number;
}

export interface PulledRepository {
  hubId: string;
  commit: string;
  /** the model's folder in the cache, for loadModel and for Python's from_pretrained */
  folder: string;
  /** "hub": every file is as the Hub has it now. "cache": the Hub was not asked, not there, or took no more requests */
  source: "hub" | "cache";
  /** empty when the source is the cache */
  files: PulledFile[];
}

/**
 * Downloads config.json, preprocessor_config.json and the weights (model.safetensors, its shards, or onnx/model.onnx)
 * into the cache that Python's huggingface_hub uses too. Files that are there already are checked and kept.
 *
 * Obeys HF_TOKEN, HF_ENDPOINT, HF_HOME, HF_HUB_CACHE and HF_HUB_OFFLINE.
 *
 * @param hubId "owner/name"
 * @throws HubError when the Hub, the licence gate or the network is in the way; FileError when the disk is
 */
export async function pullRepository(hubId: string, options: PullOptions = {}): Promise<PulledRepository> {
  const settings = await hubSettings();
  const job = jobOf(hubId, options, settings);
  const known = async (): Promise<PulledRepository | undefined> => {
    const snapshot = await findSnapshot(settings.cacheFolder, hubId, job.revision);
    return snapshot && { hubId, ...snapshot, source: "cache", files: [] };
  };
  if (settings.offline) {
    const cached = await known();
    if (cached) return cached;
    throw new HubError(
      hubId,
      `is not in the cache ${settings.cacheFolder}, and HF_HUB_OFFLINE forbids the network: unset it and run again`,
    );
  }
  let commit: string;
  try {
    commit = await currentCommit(job);
  } catch (error) {
    // as Python does: what is here is whole, and may well be current
    const cached = isAway(error) ? await known() : undefined;
    if (cached) return cached;
    throw error;
  }
  return pullCommit(job, settings, commit, options.onProgress);
}

function jobOf(hubId: string, options: PullOptions, { endpoint, token }: HubSettings): HubJob {
  const { revision = "main", signal, timeout = 30_000, retryDelay = 1000 } = options;
  if (!isHubId(hubId)) throw new ArgumentError("hubId", `is "${hubId}": give owner/name, as facebook/dinov2-small`);
  if (!/^\w[\w.-]*(\/\w[\w.-]*)*$/.test(revision) || revision.includes(".."))
    throw new ArgumentError("revision", `is "${revision}": give a branch, a tag or a commit`);
  for (const [name, value] of Object.entries({ timeout, retryDelay }))
    if (!(value > 0 && value < 2 ** 31)) throw new ArgumentError(name, `is ${value}: give milliseconds above 0`);
  return { hubId, revision, endpoint, token, timeout, retryDelay, signal };
}

/** Whether the Hub has not said anything of the model: it is not there, fails, or takes no more requests for now. */
function isAway(error: unknown): boolean {
  return error instanceof HubError && (error.status === undefined || error.status === 429 || error.status >= 500);
}

async function pullCommit(
  job: HubJob,
  settings: HubSettings,
  commit: string,
  onProgress: PullOptions["onProgress"],
): Promise<PulledRepository> {
  const { hubId } = job;
  const { cacheFolder, symlinks } = settings;
  const repository = repositoryFolder(cacheFolder, hubId);
  const folder = snapshotFolder(repository, commit);
  const place: Place = {
    commit,
    repository,
    folder,
    locks: repositoryFolder(join(cacheFolder, ".locks"), hubId),
    symlinks,
  };
  const { small, weights, index } = await modelFiles(job, commit);
  const files: PulledFile[] = [];
  const progress = progressOf(onProgress);
  // first, since a licence gate or an index that cannot be meant shows here
  for (const file of small) files.push(await pullFile(job, place, file, progress.of(file)));
  const shards = index ? await shardFiles(job, commit, join(folder, index.path)) : [];
  const large = [...weights, ...shards];
  await checkSpace(place.repository, await missingBytes(place, large));
  progress.expect([...small, ...large]);
  for (const file of large) files.push(await pullFile(job, place, file, progress.of(file)));
  await onDisk(repository, () => writeRef(repository, job.revision, commit));
  progress.end();
  return { hubId, commit, folder, source: "hub", files };
}

async function shardFiles(job: HubJob, commit: string, index: string): Promise<RemoteFile[]> {
  const { files: names } = await readShardIndex(index).catch((cause: unknown) => {
    const problem = cause instanceof CheckpointError ? cause.message.slice(cause.path.length + 2) : String(cause);
    throw new HubError(job.hubId, `${readable(problem)}: take another model`, {
      file: "model.safetensors.index.json",
      cause,
    });
  });
  const files = await describeFiles(job, commit, names);
  const missing = names.find((name) => !files.some(({ path }) => path === name));
  if (missing === undefined) return files;
  throw new HubError(job.hubId, "is named by the index and not there: take another model or revision", {
    file: missing,
  });
}

/** Adds up how far the files have come, once it is known which they are. */
function progressOf(onProgress: PullOptions["onProgress"]) {
  const positions = new Map<RemoteFile, number>();
  let total: number | undefined;
  let received = 0;
  let last = 0;
  const tell = () => {
    const done = [...positions.values()].reduce((sum, position) => sum + position, 0);
    if (total !== undefined) onProgress?.(done, total, received);
  };
  return {
    of:
      (file: RemoteFile) =>
      (position: number, justReceived = 0) => {
        positions.set(file, position);
        received += justReceived;
        if (performance.now() - last < 100) return;
        last = performance.now();
        tell();
      },
    expect(files: readonly RemoteFile[]) {
      total = files.reduce((sum, { size }) => sum + size, 0);
      tell();
    },
    end: tell,
  };
}
