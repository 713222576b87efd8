/**
 * The HDF5 library with one file of ours, which it uses where it lies. It sees no other, whatever the file refers to.
 *
 * @see https://emscripten.org/docs/api_reference/Filesystem-API.html
 */
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import type { Metadata, ready } from "h5wasm";

export type Hdf5Library = Awaited<typeof ready>;
export type { Metadata };

/** The name under which the library sees the file. */
export const shownFile = "/shown.h5";

/** @param mode `r`: a file that is there. `w+`: a new one */
export async function withLibrary<T>(
  path: string,
  mode: "r" | "w+",
  job: (library: Hdf5Library, bytes: number) => T,
): Promise<T> {
  const { default: h5wasm } = await import("h5wasm");
  const library = await h5wasm.ready;
  const descriptor = openSync(path, mode);
  try {
    const { size } = fstatSync(descriptor);
    show(library, descriptor, size);
    return job(library, size);
  } finally {
    closeSync(descriptor);
    library.FS.unlink(shownFile);
  }
}

/** An entry of Emscripten's file system in memory, as far as it is used here. */
interface MemoryNode {
  usedBytes: number;
  stream_ops: object;
  node_ops: object;
}

type Transfer = (stream: object, bytes: Uint8Array, offset: number, length: number, position: number) => number;

function show({ FS }: Hdf5Library, descriptor: number, size: number): void {
  FS.writeFile(shownFile, new Uint8Array(0));
  const { node } = FS.lookupPath(shownFile, {}) as unknown as { node: MemoryNode };
  node.usedBytes = size;
  const read: Transfer = (_, bytes, offset, length, position) => readSync(descriptor, bytes, offset, length, position);
  const write: Transfer = (_, bytes, offset, length, position) => {
    const written = writeSync(descriptor, bytes, offset, length, position);
    node.usedBytes = Math.max(node.usedBytes, position + written);
    return written;
  };
  const setattr = (_: object, { size }: { size?: number }): void => {
    if (size === undefined) return;
    ftruncateSync(descriptor, size);
    node.usedBytes = size;
  };
  node.stream_ops = { ...node.stream_ops, read, write };
  node.node_ops = { ...node.node_ops, setattr };
}
