/** Brings one file of a repository into the cache, or finds it there. */
import { mkdir, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { withLock } from "./blob-lock.js";
import { fileSize, pointTo } from "./cache-layout.js";
import { isFile, type RemoteFile, type Watch } from "./checksum.js";
import { onDisk } from "./disk-space.js";
import { downloadBlob } from "./download-blob.js";
import type { HubJob } from "./job.js";

export interface PulledFile {
  /** in the repository, with slashes */
  path: string;
  bytes: number;
  /** whether it came now; otherwise it was there before */
  downloaded: boolean;
}

/** Where the files of one commit go. */
export interface Place {
  commit: string;
  repository: string;
  folder: string;
  locks: string;
  symlinks: boolean;
}

function pathsIn({ repository, folder, locks }: Place, { path, checksum }: RemoteFile) {
  const blob = join(repository, "blobs", checksum);
  return {
    blob,
    pointer: join(folder, ...path.split("/")),
    // names of our own: Python's older versions append to `<checksum>.incomplete` under a lock that we cannot see
    partial: `${blob}.patchlab.incomplete`,
    lock: join(locks, `${checksum}.patchlab.lock`),
  };
}

/** What is still to come. */
export async function missingBytes(place: Place, files: readonly RemoteFile[]): Promise<number> {
  const missing = files.map(async (file) => {
    const { blob, pointer, partial } = pathsIn(place, file);
    const there = [await fileSize(blob), await fileSize(pointer)].includes(file.size);
    return there ? 0 : Math.max(0, file.size - ((await fileSize(partial)) ?? 0));
  });
  return (await Promise.all(missing)).reduce((sum, bytes) => sum + bytes, 0);
}

/** @param onBytes how much of the file is there @throws HubError, FileError */
export async function pullFile(
  job: HubJob,
  place: Place,
  file: RemoteFile,
  onBytes: NonNullable<Watch["onBytes"]>,
): Promise<PulledFile> {
  const { blob, pointer, partial, lock } = pathsIn(place, file);
  const { signal } = job;
  const { symlinks } = place;
  const there = async () => {
    // the snapshot's entry is a link to the blob, or, where there are no links, the file itself
    if (await isFile(pointer, file, { onBytes, signal })) return true;
    if (!(await isFile(blob, file, { onBytes, signal }))) return false;
    await pointTo(blob, pointer, { symlinks, fresh: false });
    return true;
  };
  const done = { path: file.path, bytes: file.size };
  return onDisk(place.repository, async () => {
    if (await there()) return { ...done, downloaded: false };
    await mkdir(dirname(blob), { recursive: true });
    const onWait = async () => onBytes(Math.min(file.size, (await stat(partial).catch(() => undefined))?.size ?? 0));
    return withLock(lock, { signal, onWait }, async () => {
      if (await there()) return { ...done, downloaded: false };
      const path = file.path.split("/").map(encodeURIComponent).join("/");
      const url = `${job.endpoint}/${job.hubId}/resolve/${place.commit}/${path}`;
      await downloadBlob(job, url, file, partial, { onBytes, signal });
      await rename(partial, blob);
      await pointTo(blob, pointer, { symlinks, fresh: true });
      return { ...done, downloaded: true };
    });
  });
}
