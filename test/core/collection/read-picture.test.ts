import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { appendFileSync, renameSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { readPicture } from "#dist/core/collection/read-picture.js";
import { ImageError } from "#dist/core/errors.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("readPicture", () => {
  const folder = temporaryFolder();
  let path: string;
  let restore = () => {};
  beforeEach(() => {
    path = join(folder(), "a.jpg");
    writeFileSync(path, "content");
  });
  afterEach(() => restore());

  /** Calls `change` each time that a file was looked at and is about to be read. */
  async function changing(change: (time: number) => void): Promise<void> {
    const file = await open(path);
    const handles = Object.getPrototypeOf(file) as { readFile: (...args: unknown[]) => Promise<Buffer> };
    await file.close();
    const { readFile } = handles;
    let times = 0;
    handles.readFile = function (...args) {
      change(++times);
      return readFile.apply(this, args);
    };
    restore = () => {
      handles.readFile = readFile;
    };
  }

  it("gives a file's bytes with their SHA-256, size and time", async () => {
    const { content, hash, bytes, modified } = await readPicture(path);
    assert.deepEqual([Buffer.from(content).toString(), bytes], ["content", 7]);
    assert.deepEqual(Buffer.from(hash), sha256("content"));
    assert.ok(Math.abs(modified - Date.now()) < 60_000);
  });

  it("reads a file again that grew while it was read", async () => {
    await changing((time) => {
      if (time === 1) appendFileSync(path, " and more");
    });
    const { content, hash, bytes } = await readPicture(path);
    assert.deepEqual([Buffer.from(content).toString(), bytes], ["content and more", 16]);
    assert.deepEqual(Buffer.from(hash), sha256("content and more"));
  });

  it("reads a file again that was written over with as many bytes", async () => {
    await changing((time) => {
      if (time > 1) return;
      writeFileSync(path, "CONTENT");
      utimesSync(path, 2e9, 2e9);
    });
    const { content, modified } = await readPicture(path);
    assert.deepEqual([Buffer.from(content).toString(), modified], ["CONTENT", 2e12]);
  });

  it("gives the whole of one file when another takes its place meanwhile", async () => {
    const other = join(folder(), "other.jpg");
    writeFileSync(other, "another picture");
    await changing(() => renameSync(other, path));
    const { content, hash, bytes } = await readPicture(path);
    assert.deepEqual([Buffer.from(content).toString(), bytes], ["content", 7]);
    assert.deepEqual(Buffer.from(hash), sha256("content"));
  });

  it("gives up on a file that is written to each time, and says so", async () => {
    await changing(() => appendFileSync(path, "."));
    await assert.rejects(
      readPicture(path),
      (e: Error) => e instanceof ImageError && /a\.jpg: was written to each time that it was read: run/.test(e.message),
    );
  });

  it("reads no file that is larger than any picture", async () => {
    truncateSync(path, 2 ** 30 + 1);
    await assert.rejects(
      readPicture(path),
      (e: Error) => e instanceof ImageError && /has 1073741825 bytes, more than any picture/.test(e.message),
    );
  });
});

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
