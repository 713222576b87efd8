import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CheckpointError, FileError } from "#dist/core/errors.js";
import { readShardIndex, type ShardIndex } from "#dist/core/hub/shards.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("readShardIndex", () => {
  const folder = temporaryFolder();

  async function read(index: unknown): Promise<ShardIndex> {
    const path = join(folder(), "model.safetensors.index.json");
    await writeFile(path, JSON.stringify(index));
    return readShardIndex(path);
  }

  const shards = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`t${i}`, `${i}.safetensors`]));

  it("gives each tensor's file, and every file once", async () => {
    const weightMap = { a: "two (2).safetensors", b: "-1.safetensors", c: "two (2).safetensors" };
    assert.deepEqual(await read({ metadata: { total_size: 1 }, weight_map: weightMap }), {
      weightMap,
      files: ["-1.safetensors", "two (2).safetensors"],
    });
    assert.equal((await read({ weight_map: shards(256) })).files.length, 256);
  });

  it("refuses names that lead elsewhere or that a terminal would obey, no files, and more than 256", async () => {
    const elsewhere = ["../x", "/x", "..\\x", "C:x", "a/b", "x\u001b[31m", "x\n", "x\0"].map(
      (name) => `${name}.safetensors`,
    );
    for (const name of [...elsewhere, "x.bin", ".safetensors", "x.safetensors\n", 7])
      await assert.rejects(read({ weight_map: { a: name } }), (error: Error) => {
        assert.ok(error instanceof CheckpointError, String(name));
        assert.equal(error.entry, "weight_map.a");
        return true;
      });
    await assert.rejects(read({ weight_map: {} }), /names no files/);
    await assert.rejects(read({ weight_map: shards(257) }), /names more than 256 files/);
    await assert.rejects(read({}), CheckpointError);
    await assert.rejects(readShardIndex(join(folder(), "none.json")), FileError);
  });
});
