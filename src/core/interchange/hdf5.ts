/** Vectors in HDF5: the datasets `image_features`, `image_filenames` and `image_labels`. */
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeAtomically } from "../atomic-write.js";
import { ArgumentError, FileError, FormatError } from "../errors.js";
import type { Hdf5Answer, Hdf5Job } from "./hdf5-messages.js";
import { Hdf5Thread } from "./hdf5-thread.js";
import { withFile } from "./sized-file.js";
import { type VectorTable, vectorTable } from "./vector-table.js";

const magic = "\x89HDF\r\n\x1a\n";

/** @throws FileError when there is no such file; FormatError when it is no HDF5 file, damaged or without the datasets */
export async function readHdf5(path: string, signal?: AbortSignal): Promise<VectorTable> {
  await withFile(path, "an HDF5 file", async ({ size, read }) => {
    const start = Buffer.from(await read(0, Math.min(8, size))).toString("latin1");
    if (start !== magic)
      throw new FormatError(path, "is no HDF5 file: give one that h5py or another program has written");
  });
  const answer = await inThread({ read: path }, signal);
  return tableOf(path, answer);
}

/** The table of an answer. @throws FormatError when it tells a problem with the file */
export function tableOf(path: string, answer: Hdf5Answer): VectorTable {
  if ("table" in answer) return answer.table;
  const problem = "problem" in answer ? answer.problem : "the thread answered something else";
  throw new FormatError(
    path,
    `cannot be read as HDF5 (${problem}): it is damaged or of another layout, write it again`,
  );
}

/** @throws ArgumentError when a text holds a zero byte, which ends it in HDF5; FileError when it cannot be written */
export async function writeHdf5(path: string, { vectors, names, labels }: VectorTable): Promise<void> {
  for (const [argument, texts] of Object.entries({ names, labels })) {
    const at = texts?.findIndex((text) => text.includes("\0")) ?? -1;
    if (at >= 0) throw new ArgumentError(argument, `has a zero byte in entry ${at}, which HDF5 cannot keep: remove it`);
  }
  const folder = await mkdtemp(join(tmpdir(), "patchlab-hdf5-"));
  try {
    const draft = join(folder, "draft.h5");
    const copy = { data: vectors.data.slice(), rows: vectors.rows, cols: vectors.cols };
    const answer = await inThread({ write: draft, table: vectorTable(copy, names, labels) });
    if ("problem" in answer)
      throw new FileError(
        path,
        `cannot be written, first to ${folder} (${answer.problem}): make room there, or set TMPDIR`,
      );
    await writeAtomically(path, createReadStream(draft));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function inThread(job: Hdf5Job, signal?: AbortSignal): Promise<Hdf5Answer> {
  const thread = new Hdf5Thread();
  try {
    return await thread.run(job, { signal });
  } finally {
    await thread.end();
  }
}
