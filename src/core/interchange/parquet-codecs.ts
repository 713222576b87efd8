/** How Parquet's pages are unpacked. */
import * as zlib from "node:zlib";
import { snappyUncompress } from "hyparquet";

type Unpack = (bytes: Uint8Array, size: number) => Uint8Array;

/** Node has it since 22.15, its types do not know it yet */
const { zstdDecompressSync } = zlib as { zstdDecompressSync?: (bytes: Uint8Array, options: object) => Uint8Array };

const codecs: Readonly<Record<string, Unpack | undefined>> = {
  UNCOMPRESSED: (bytes) => bytes,
  SNAPPY: (bytes, size) => {
    const target = new Uint8Array(size);
    snappyUncompress(bytes, target);
    return target;
  },
  GZIP: (bytes, size) => zlib.gunzipSync(bytes, { maxOutputLength: Math.max(1, size) }),
  BROTLI: (bytes, size) => zlib.brotliDecompressSync(bytes, { maxOutputLength: Math.max(1, size) }),
  ZSTD: zstdDecompressSync && ((bytes, size) => zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, size) })),
};

/** @throws Error when there is no way to unpack it, or it is not of that size */
export function unpack(codec: string, bytes: Uint8Array, size: number): Uint8Array {
  const unpacked = codecs[codec];
  if (!unpacked) {
    const known = Object.keys(codecs).filter((name) => codecs[name]);
    throw new Error(`it is compressed with ${codec} where one of ${known.join(", ")} is expected`);
  }
  if (size === 0 && bytes.length === 0) return bytes;
  const content = unpacked(bytes, size);
  if (content.length !== size) throw new Error(`a page has ${content.length} bytes where ${size} are expected`);
  return content;
}
