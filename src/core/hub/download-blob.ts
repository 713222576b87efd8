/**
 * Downloads one file, going on where an earlier try ended, and checks what came.
 *
 * @huggingface/hub describes files but cannot do this: its `downloadFile` gives a Blob that cannot resume, checks no
 * checksum and repeats nothing, and its `downloadFileToCacheDir` starts over each time.
 */
import type { Hash } from "node:crypto";
import { type FileHandle, open, rm } from "node:fs/promises";
import { HubError } from "../errors.js";
import { hashUpTo, type RemoteFile, startChecksum, type Watch } from "./checksum.js";
import { type Failure, networkFailure, type Outcome } from "./failures.js";
import type { HubJob } from "./job.js";
import { Patience, request } from "./request.js";
import { persist } from "./retry.js";

/** So much must come between two breaks for the count of repetitions to begin anew. */
const progressBytes = 2 ** 20;

/** The part of a file that is there: the bytes up to `position`, which `hash` has seen. */
interface Part {
  handle: FileHandle;
  file: RemoteFile;
  position: number;
  hash: Hash;
}

/**
 * Brings the file at `path` to the announced size and checksum. On a broken connection, a full disk or an abort, what
 * has come stays there for the next call.
 *
 * @throws HubError for what the Hub, the way to it or a wrong checksum is to blame for; the disk's own errors as they are
 */
export async function downloadBlob(
  job: HubJob,
  url: string,
  file: RemoteFile,
  path: string,
  watch: Watch,
): Promise<void> {
  const handle = await open(path, "a+").then(async (made) => {
    // "a+" makes the file; it is written by position, which "r+" alone allows
    await made.close();
    return open(path, "r+");
  });
  try {
    const part = await resume(handle, file, watch);
    if (part.position < file.size) await persist(job, () => receive(job, url, part, watch));
    const checksum = part.hash.digest("hex");
    if (checksum !== file.checksum) throw damaged(job, file, checksum);
    await handle.sync();
  } catch (error) {
    if (error instanceof SpoiltError) await rm(path, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

/** What has come cannot be of use. */
class SpoiltError extends HubError {}

function damaged({ hubId }: HubJob, { path, kind, checksum }: RemoteFile, came: string): SpoiltError {
  const name = kind === "sha256" ? "SHA-256" : "Git checksum";
  const problem = `has the ${name} ${came.slice(0, 12)}… where ${checksum.slice(0, 12)}… was announced, so it was damaged on its way and has been deleted: run again`;
  return new SpoiltError(hubId, problem, { file: path });
}

async function resume(handle: FileHandle, file: RemoteFile, watch: Watch): Promise<Part> {
  const part: Part = { handle, file, position: 0, hash: startChecksum(file) };
  if ((await handle.stat()).size > file.size) await handle.truncate(0);
  part.position = await hashUpTo(handle, file.size, part.hash, watch);
  return part;
}

async function restart(part: Part, watch: Watch): Promise<void> {
  await part.handle.truncate(0);
  part.position = 0;
  part.hash = startChecksum(part.file);
  watch.onBytes?.(0);
}

/** One connection: asks for what is missing and writes what comes. */
async function receive(
  job: HubJob,
  url: string,
  part: Part,
  watch: Watch,
): Promise<Outcome<true> & { progressed?: boolean }> {
  const patience = new Patience(job);
  const began = part.position;
  try {
    const outcome = await request(job, url, { headers: wanted(part) }, patience, part.file.path);
    if ("failure" in outcome) return { failure: began > 0 ? persistent(outcome.failure) : outcome.failure };
    const refused = await place(job, outcome.value, part, watch);
    if (refused) return { failure: refused };
    await write(job, outcome.value, part, patience, watch);
    return { value: true };
  } catch (error) {
    job.signal?.throwIfAborted();
    if (!isOfNetwork(error)) throw error;
    const failure = persistent(networkFailure(job, error, part.file.path));
    return { failure, progressed: part.position - began >= progressBytes };
  } finally {
    patience.end();
  }
}

/** In the middle of a file, a network that is away may come back. */
function persistent(failure: Failure): Failure {
  return { ...failure, retry: failure.retry || (failure.error as HubError).status === undefined };
}

/** undici's errors for a connection that broke; those of the disk name a system call, ours are of our classes */
function isOfNetwork(error: unknown): boolean {
  return error instanceof CutError || (error instanceof TypeError && "cause" in error) || isTimeout(error);
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === "TimeoutError";
}

class CutError extends Error {}

/** Compressed, the answer's length and ranges would be of the compressed bytes. */
function wanted({ position }: Part): Record<string, string> {
  const identity = { "accept-encoding": "identity" };
  return position === 0 ? identity : { ...identity, range: `bytes=${position}-` };
}

/** Sees that the answer goes on where the part ends. */
async function place(job: HubJob, response: Response, part: Part, watch: Watch): Promise<Failure | undefined> {
  const { status, headers } = response;
  const { path, size } = part.file;
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "");
  if (status === 206 && Number(range?.[1]) === part.position && ["*", String(size)].includes(range![2]))
    return undefined;
  if (status === 200) {
    // a server that knows no ranges sends all of it
    if (part.position > 0) await restart(part, watch);
    const length = headers.get("content-length");
    if (length === null || headers.has("content-encoding") || Number(length) === size) return undefined;
    return { error: otherSize(job, path, size, `${length} bytes`), retry: false };
  }
  await response.body?.cancel();
  await restart(part, watch);
  const answer = headers.get("content-range") ?? `status ${status}`;
  return { error: otherSize(job, path, size, `"${answer.slice(0, 60)}"`), retry: true };
}

function otherSize({ hubId }: HubJob, file: string, size: number, came: string): HubError {
  return new HubError(hubId, `${size} bytes were announced and ${came} came: run again in a few minutes`, { file });
}

/** Never writes more than was announced, whatever comes. */
async function write(job: HubJob, response: Response, part: Part, patience: Patience, watch: Watch): Promise<void> {
  const { size, path } = part.file;
  for await (const chunk of response.body ?? []) {
    patience.renew();
    if (part.position + chunk.length > size) {
      const problem = `more came than the ${size} bytes announced, so it has been deleted: run again in a few minutes`;
      throw new SpoiltError(job.hubId, problem, { file: path });
    }
    await writeAll(part.handle, chunk, part.position);
    part.hash.update(chunk);
    part.position += chunk.length;
    watch.onBytes?.(part.position, chunk.length);
  }
  if (part.position < size) throw new CutError(`${part.position} of ${size} bytes came`);
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
