/** What tells models apart: all that decides which vectors come out, and nothing else. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { type LoadOptions, loadModel } from "#dist/core/model/load.js";
import { checkpointFolder, shard, tensorsOf } from "../../support/checkpoints.js";
import { fixture } from "../../support/fixtures.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("model.fingerprint()", () => {
  const folder = temporaryFolder();

  async function of(path: string, options: LoadOptions = {}): Promise<string> {
    await using model = await loadModel(path, { threads: 1, ...options });
    return model.fingerprint();
  }

  const plain = () => of(fixture("models/dinov2"));

  it("is 64 hexadecimal digits, the same each time that a model is opened", async () => {
    const first = await plain();
    assert.match(first, /^[0-9a-f]{64}$/);
    assert.equal(await plain(), first);
    await using model = await loadModel(fixture("models/dinov2"));
    assert.equal(await model.fingerprint(), await model.fingerprint());
  });

  it("does not depend on the folder's name, on threads or on fused operators", async () => {
    const copy = checkpointFolder(join(folder(), "another name ü"), "dinov2");
    const before = await plain();
    assert.equal(await of(copy), before);
    assert.equal(await of(copy, { threads: 2 }), before);
    assert.equal(await of(copy, { operators: "plain" }), before);
  });

  it("changes with a single bit of the weights", async () => {
    const tensors = tensorsOf("dinov2");
    const name = Object.keys(tensors).find((key) => key.includes("query.weight"))!;
    tensors[name].bytes[100] ^= 1;
    assert.notEqual(await of(checkpointFolder(join(folder(), "one bit"), "dinov2", tensors)), await plain());
  });

  it("changes with the precision and with the rule for positions", async () => {
    const all = [
      await plain(),
      await of(fixture("models/dinov2"), { positionRule: "transformers" }),
      await of(checkpointFolder(join(folder(), "int8"), "dinov2"), { precision: "int8" }),
    ];
    assert.equal(new Set(all).size, 3);
    assert.equal(await of(fixture("models/dinov2"), { precision: "fp32", positionRule: "upstream" }), all[0]);
  });

  it("differs from family to family", async () => {
    const families = ["dino", "dinov2", "dinov2-registers", "dinov2-swiglu", "dinov3", "dinov3-gated"];
    const all = await Promise.all(families.map((name) => of(fixture(`models/${name}`))));
    assert.equal(new Set([...all, await of("efficientnet-lite0"), await of(fixture("exports/dinov2"))]).size, 8);
  });

  it("counts every shard", async () => {
    const tensors = tensorsOf("dinov2");
    const sharded = (name: string) => {
      const path = checkpointFolder(join(folder(), name), "dinov2");
      rmSync(join(path, "model.safetensors"));
      shard(path, tensors, 3);
      return of(path);
    };
    const before = await sharded("shards");
    assert.equal(await sharded("shards again"), before);
    for (const name of Object.keys(tensors).slice(0, 3)) {
      const { bytes } = tensors[name];
      bytes[0] ^= 1;
      assert.notEqual(await sharded(`shards, ${name}`), before, name);
      bytes[0] ^= 1;
    }
  });
});
