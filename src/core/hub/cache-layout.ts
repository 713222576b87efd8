/**
 * Where a repository's files lie in the Hub's cache, so that Python's huggingface_hub finds what we download and the
 * other way round: contents under `blobs`, named by their checksum; a commit's files under `snapshots` as links to
 * them; the commit that a branch stood at in `refs`.
 *
 * @see https://huggingface.co/docs/huggingface_hub/guides/manage-cache
 */
import { randomBytes } from "node:crypto";
import { copyFile, mkdir, readFile, readlink, rename, rm, stat, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { writeAtomically } from "../atomic-write.js";

/** A full commit, which needs no entry in `refs`. */
const commitPattern = /^[0-9a-f]{40}$/;

/**
 * "owner/name", as the Hub allows it: nothing in it can leave the cache's folder.
 *
 * @see https://github.com/huggingface/huggingface_hub, utils/_validators.py
 */
export function isHubId(text: string): boolean {
  return text.length <= 96 && /^\w[\w.-]*\/\w[\w.-]*$/.test(text) && !/--|\.\.|\.git$|[.-](\/|$)/.test(text);
}

export function repositoryFolder(cacheFolder: string, hubId: string): string {
  return join(cacheFolder, `models--${hubId.replaceAll("/", "--")}`);
}

export function snapshotFolder(repository: string, commit: string): string {
  return join(repository, "snapshots", commit);
}

export function isCommit(revision: string): boolean {
  return commitPattern.test(revision);
}

/** The commit that a branch, tag or "refs/pr/1" stood at when it was last downloaded. */
export async function cachedCommit(repository: string, revision: string): Promise<string | undefined> {
  if (isCommit(revision)) return revision;
  const text = await readFile(join(repository, "refs", ...revision.split("/")), "utf8").catch(() => "");
  return /^[0-9a-f]{4,64}$/.test(text.trim()) ? text.trim() : undefined;
}

export async function writeRef(repository: string, revision: string, commit: string): Promise<void> {
  if (revision === commit || (await cachedCommit(repository, revision)) === commit) return;
  const path = join(repository, "refs", ...revision.split("/"));
  await mkdir(dirname(path), { recursive: true });
  await writeAtomically(path, commit);
}

/**
 * Makes `pointer` lead to `blob`: by a relative link, or, where there are none, by being the file itself. As Python
 * does, a blob that has just come is moved there, and one that was there before copied, since others may use it.
 */
export async function pointTo(
  blob: string,
  pointer: string,
  options: { symlinks: boolean; fresh: boolean },
): Promise<void> {
  const target = relative(dirname(pointer), blob);
  if ((await readlink(pointer).catch(() => undefined)) === target) return;
  await mkdir(dirname(pointer), { recursive: true });
  const draft = `${pointer}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    if (options.symlinks && (await linked(target, draft))) await rename(draft, pointer);
    else if (options.fresh) await rename(blob, pointer);
    else {
      await copyFile(blob, draft);
      await rename(draft, pointer);
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/** @returns false on a file system, or for a user of Windows, that has no links */
async function linked(target: string, path: string): Promise<boolean> {
  try {
    await symlink(target, path);
    return true;
  } catch (error) {
    if (["ENOSPC", "EDQUOT", "EROFS"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    return false;
  }
}

export async function fileSize(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? found.size : undefined;
}
