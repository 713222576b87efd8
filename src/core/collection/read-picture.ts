/** A picture's file as bytes that belong together, with their hash: one that changes while it is read is read again. */
import { webcrypto } from "node:crypto";
import { open } from "node:fs/promises";
import { ImageError } from "../errors.js";
import type { ReadFile } from "../store/images.js";

export interface PictureBytes extends Omit<ReadFile, "path"> {
  content: Uint8Array;
}

const attempts = 3;

/** No picture of 100 megapixels takes more. */
const mostBytes = 2 ** 30;

/** @throws what the file system throws; ImageError when it is too large or changes each time that it is read */
export async function readPicture(path: string): Promise<PictureBytes> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const file = await open(path);
    try {
      const before = await file.stat();
      if (before.size > mostBytes)
        throw new ImageError(path, `has ${before.size} bytes, more than any picture that is read: leave it out`);
      const content = await file.readFile();
      const after = await file.stat();
      if (content.length !== before.size || after.size !== before.size || after.mtimeMs !== before.mtimeMs) continue;
      // on another thread, unlike createHash
      const hash = new Uint8Array(await webcrypto.subtle.digest("SHA-256", content));
      return { content, hash, bytes: before.size, modified: before.mtimeMs };
    } finally {
      await file.close();
    }
  }
  throw new ImageError(path, "was written to each time that it was read: run again when it is whole");
}
