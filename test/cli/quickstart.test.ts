import assert from "node:assert/strict";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { progressOn } from "#dist/cli/progress.js";
import { type Quickstart, quickstart } from "#dist/cli/quickstart.js";
import { PatchlabError } from "#dist/core/errors.js";
import type { Features, Model } from "#dist/core/model/model.js";
import { shoes } from "../support/pictures.js";
import { temporaryFolder } from "../support/temporary.js";

/** Sees every patch of every picture the same, and gives picture i the vector [1, i]. */
const blind = {
  name: "blind",
  family: "dinov2",
  dim: 2,
  patchSize: 14,
  async extract(images: string[]): Promise<Features> {
    const pictures = images.map((source) => ({
      source,
      name: source,
      width: 28,
      height: 28,
      view: { left: 0, top: 0, width: 28, height: 28 },
    }));
    return {
      cls: { data: Float32Array.from(images.flatMap((_, i) => [1, i])), rows: images.length, cols: 2 },
      patches: pictures.map((picture) => ({ data: new Float32Array(16).fill(1), rows: 2, cols: 2, dim: 4, picture })),
      pictures,
      inputSize: [28, 28],
      failed: [],
    };
  },
} as unknown as Model;

describe("quickstart({ model, images })", () => {
  const folder = temporaryFolder();

  async function made(count: number): Promise<Quickstart> {
    for (let i = 0; i < count; i++) await copyFile(shoes[i], join(folder(), `${i}.jpg`));
    const { signal } = new AbortController();
    return quickstart({ model: blind, images: folder(), progress: progressOn(process.stderr, true), signal });
  }

  it("fails when no section can be made of the pictures, with the reason of each", async () => {
    await assert.rejects(made(1), (error: Error) => {
      assert.ok(error instanceof PatchlabError);
      assert.match(error.message, /patches are all equal.*a search: it needs 2.*a map: it needs 3/);
      return true;
    });
  });

  it("makes the other sections of pictures whose patches are all equal", async () => {
    const { html, leftOut } = await made(4);
    assert.deepEqual(
      leftOut.map(({ section }) => section),
      ["Parts of an object"],
    );
    assert.match(html, /<p>Left out: patches are all equal[^<]*<\/p>/);
  });
});
