/** Writes safetensors files tensor by tensor, so that no more than one is in memory. */
import { writeAtomically } from "../atomic-write.js";
import { type ElementName, elementBytes } from "./safetensors.js";

/** A tensor to be written: its bytes are asked for when their turn comes. */
export interface TensorToWrite {
  readonly name: string;
  readonly type: ElementName;
  readonly shape: readonly number[];
  bytes(): Uint8Array | Promise<Uint8Array>;
}

/**
 * Writes the tensors in their order, the whole file or none.
 *
 * @param metadata texts that the file says of itself
 * @throws FileError when the folder is missing, read-only or full
 * @see https://huggingface.co/docs/safetensors (format section)
 */
export function writeSafetensors(
  path: string,
  tensors: readonly TensorToWrite[],
  metadata: Record<string, string> = {},
): Promise<void> {
  return writeAtomically(path, parts(tensors, metadata));
}

async function* parts(tensors: readonly TensorToWrite[], metadata: Record<string, string>): AsyncGenerator<Uint8Array> {
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  let end = 0;
  for (const { name, type, shape } of tensors) {
    const start = end;
    end += shape.reduce((product, n) => product * n, elementBytes[type]);
    header[name] = { dtype: type, shape, data_offsets: [start, end] };
  }
  const json = Buffer.from(JSON.stringify(header));
  // the tensors start at a multiple of 8 bytes
  const padding = (8 - (json.length % 8)) % 8;
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(json.length + padding));
  yield prefix;
  yield Buffer.concat([json, Buffer.alloc(padding, " ")]);
  for (const tensor of tensors) yield await tensor.bytes();
}
