import assert from "node:assert/strict";
import { mkdirSync, readFileSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { vitSmall, writeCheckpoint } from "#dist/bench/checkpoint.js";
import { CheckpointError } from "#dist/core/errors.js";
import { vitFamilies } from "#dist/core/model/families/all.js";
import { loadModel } from "#dist/core/model/load.js";
import type { NetworkOptions, PixelTensor } from "#dist/core/model/model.js";
import { openNetwork } from "#dist/core/model/network.js";
import { quantise } from "#dist/core/model/quantise.js";
import { readVitConfig } from "#dist/core/model/read-vit-config.js";
import { readSafetensorsHeader } from "#dist/core/model/safetensors.js";
import { vitGraph } from "#dist/core/model/vit-graph.js";
import { VitInputMaker } from "#dist/core/model/vit-inputs.js";
import { openWeights, openWeightsFile } from "#dist/core/model/weights.js";
import { normal, seededRandom } from "#dist/core/numeric/random.js";
import { openRuntime } from "#dist/core/runtime/runtime.js";
import { checkpointFolder, shard, tensorsOf } from "../../support/checkpoints.js";
import { fixture } from "../../support/fixtures.js";
import { temporaryFolder } from "../../support/temporary.js";

const fileName = "model.patchlab-int8.safetensors";

function noise(h: number, w: number): PixelTensor {
  const random = seededRandom(2);
  return { data: Float32Array.from({ length: 3 * h * w }, () => normal(random)), dims: [1, 3, h, w] };
}

function cosine(a: Float32Array, b: Float32Array): number {
  const product = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}

async function run(folder: string, pixels: PixelTensor, options: NetworkOptions = {}) {
  const network = await openNetwork(folder, options);
  const output = await network.forward(pixels, { layers: 2 });
  await network.close();
  return output;
}

describe("quantise", () => {
  it("is within half a step of every weight, and uses the whole range", () => {
    const weights = fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 9 }))
      .chain(([outputs, inputs]) =>
        fc.tuple(
          fc.constant(outputs),
          fc.constant(inputs),
          fc.float32Array({ minLength: outputs * inputs, maxLength: outputs * inputs, noNaN: true, min: -8, max: 8 }),
        ),
      );
    fc.assert(
      fc.property(weights, ([outputs, inputs, weight]) => {
        const { data, scale } = quantise(weight, outputs, inputs);
        for (let o = 0; o < outputs; o++) {
          let most = 0;
          for (let i = 0; i < inputs; i++) {
            const q = data[i * outputs + o];
            assert.ok(Math.abs(weight[o * inputs + i] - q * scale[o]) <= scale[o] * 0.5001);
            most = Math.max(most, Math.abs(q));
          }
          const zeros = weight.subarray(o * inputs, (o + 1) * inputs).every((w) => Math.abs(w) <= 1e-35);
          assert.ok(zeros || most === 127);
          assert.ok(scale[o] > 0);
        }
      }),
    );
  });
});

describe('precision "int8"', () => {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder(), name);
  const families = ["dino", "dinov2", "dinov2-swiglu", "dinov2-registers", "dinov3", "dinov3-gated"];

  for (const name of families)
    it(`keeps ${name}'s patches within a cosine of 0.999 of float32, after every block asked for`, async () => {
      const target = checkpointFolder(at(`near-${name}`), name);
      const pixels = noise(48 * 7, 48 * 7);
      const [whole, half] = [await run(target, pixels), await run(target, pixels, { precision: "int8" })];
      // one vector of 48 numbers averages less of the error out
      assert.ok(cosine(whole.cls.data, half.cls.data) > 0.995);
      assert.ok(cosine(whole.patches[0].data, half.patches[0].data) > 0.999);
      assert.ok(cosine(whole.layers![0].patches[0].data, half.layers![0].patches[0].data) > 0.999);
      assert.notDeepEqual(whole.cls.data, half.cls.data);
    });

  it("keeps a ViT-S/14 within a cosine of 0.999, in a quarter of the file's size", async () => {
    const target = at("small");
    mkdirSync(target);
    await writeCheckpoint(target, vitSmall);
    const pixels = noise(224, 224);
    const [whole, half] = [await run(target, pixels), await run(target, pixels, { precision: "int8" })];
    assert.ok(cosine(whole.cls.data, half.cls.data) > 0.999);
    const sizes = [fileName, "model.safetensors"].map((name) => statSync(join(target, name)).size);
    assert.ok(sizes[0] < 0.27 * sizes[1], sizes.join(" of "));
  });

  it("gives the attention of float32 queries and keys", async () => {
    const network = await openNetwork(checkpointFolder(at("attention"), "dinov3"), { precision: "int8" });
    const [{ data }] = (await network.forward(noise(48, 48), { attention: true })).attention!;
    await network.close();
    const whole = await openNetwork(fixture("models/dinov3"));
    const [expected] = (await whole.forward(noise(48, 48), { attention: true })).attention!;
    await whole.close();
    assert.ok(cosine(data, expected.data) > 0.999);
  });

  it("quantises once, and again when the weights are others or its file is spoiled", async () => {
    const target = checkpointFolder(at("once"), "dinov2");
    const path = join(target, fileName);
    const pixels = noise(56, 56);
    const { cls } = await run(target, pixels, { precision: "int8" });
    const first = statSync(path);
    await run(target, pixels, { precision: "int8" });
    assert.equal(statSync(path).ino, first.ino);

    truncateSync(path, first.size - 100);
    assert.deepEqual((await run(target, pixels, { precision: "int8" })).cls, cls);
    assert.equal(statSync(path).size, first.size);

    writeFileSync(path, "no safetensors");
    assert.deepEqual((await run(target, pixels, { precision: "int8" })).cls, cls);

    const { metadata } = await readSafetensorsHeader(path);
    const weights = join(target, "model.safetensors");
    writeFileSync(weights, readFileSync(weights));
    utimesSync(weights, new Date(0), new Date(0));
    await run(target, pixels, { precision: "int8" });
    assert.notEqual((await readSafetensorsHeader(path)).metadata.source, metadata.source);
  });

  it("quantises again when config.json was corrected, or other weights have the same size and time", async () => {
    const target = checkpointFolder(at("corrected"), "dinov2", undefined, { qkv_bias: false });
    const pixels = noise(56, 56);
    await run(target, pixels, { precision: "int8" });
    const config = join(target, "config.json");
    writeFileSync(config, JSON.stringify({ ...JSON.parse(readFileSync(config, "utf8")), qkv_bias: true }));
    const fresh = checkpointFolder(at("fresh"), "dinov2");
    const { cls } = await run(fresh, pixels, { precision: "int8" });
    assert.deepEqual((await run(target, pixels, { precision: "int8" })).cls, cls);

    const weights = join(fresh, "model.safetensors");
    const [{ mtime }, bytes] = [statSync(weights), readFileSync(weights)];
    for (let i = bytes.length - 200_000; i < bytes.length; i += 4) bytes.writeFloatLE(-bytes.readFloatLE(i), i);
    writeFileSync(weights, bytes);
    utimesSync(weights, mtime, mtime);
    assert.notDeepEqual((await run(fresh, pixels, { precision: "int8" })).cls, cls);
  });

  it("never writes through a link that has the name of its file", async () => {
    const target = checkpointFolder(at("link"), "dinov2");
    const victim = at("victim");
    writeFileSync(victim, "precious");
    symlinkSync(victim, join(target, fileName));
    const before = process.env.XDG_CACHE_HOME;
    process.env.XDG_CACHE_HOME = at("link-cache");
    try {
      const first = await run(target, noise(56, 56), { precision: "int8" });
      assert.deepEqual(await run(target, noise(56, 56), { precision: "int8" }), first);
    } finally {
      if (before === undefined) delete process.env.XDG_CACHE_HOME;
      else process.env.XDG_CACHE_HOME = before;
    }
    assert.equal(readFileSync(victim, "utf8"), "precious");
  });

  it("gives a picture the same vector alone and beside a contrasty one", async () => {
    const network = await openNetwork(checkpointFolder(at("batch"), "dinov3"), { precision: "int8" });
    const [quiet, loud] = [noise(48, 48), noise(48, 48)];
    for (let i = 0; i < quiet.data.length; i++) loud.data[i] *= 20;
    const both = Float32Array.from([...quiet.data, ...loud.data]);
    const options = { attention: true, layers: 1 };
    const together = await network.forward({ data: both, dims: [2, 3, 48, 48] }, options);
    for (const [i, pixels] of [quiet, loud].entries()) {
      const alone = await network.forward(pixels, options);
      assert.deepEqual(together.cls.data.slice(i * 48, (i + 1) * 48), alone.cls.data);
      assert.deepEqual(together.patches[i], alone.patches[0]);
      assert.deepEqual(together.layers![0].patches[i], alone.layers![0].patches[0]);
      assert.ok(cosine(together.attention![i].data, alone.attention![0].data) > 1 - 1e-9);
    }
    await network.close();
  });

  it("refuses weights that are no numbers, by the tensor's name", async () => {
    const tensors = tensorsOf("dinov2");
    const name = "encoder.layer.0.mlp.fc1.weight";
    new DataView(tensors[name].bytes.buffer).setFloat32(400, Number.NaN, true);
    const target = checkpointFolder(at("nan"), "dinov2", tensors);
    await assert.rejects(run(target, noise(56, 56), { precision: "int8" }), (error: Error) => {
      assert.ok(error instanceof CheckpointError);
      assert.equal(error.entry, name);
      return true;
    });
  });

  it("gives the same features the way that does not saturate, which older processors need", async () => {
    const target = checkpointFolder(at("exact"), "dinov2");
    const usual = await run(target, noise(56, 56), { precision: "int8" });
    const { config, tensors } = await readVitConfig(target, vitFamilies.get("dinov2")!);
    const inputs = await VitInputMaker.read(config, tensors, await openWeights(target));
    const int8 = await openWeightsFile(join(target, fileName));
    const runtime = openRuntime();
    const graph = vitGraph(config, tensors, int8, { precision: "int8" });
    const session = await runtime.open(graph, { weightsFolder: int8.folder, exactInt8: true });
    const { tokens } = await session.run({ pixel_values: noise(56, 56), ...inputs.at(4, 4) });
    await runtime.close();
    assert.ok(cosine((tokens.data as Float32Array).subarray(0, 48), usual.cls.data) > 0.9999);
  });

  it("quantises shards as it does the whole file", async () => {
    const target = checkpointFolder(at("shards"), "dinov3-gated");
    const { cls } = await run(target, noise(96, 96), { precision: "int8" });
    const sharded = checkpointFolder(at("sharded"), "dinov3-gated");
    shard(sharded, tensorsOf("dinov3-gated"), 3);
    assert.deepEqual((await run(sharded, noise(96, 96), { precision: "int8" })).cls, cls);
  });

  it("keeps its file in the user's cache where the model's folder does not take it", async () => {
    const target = checkpointFolder(at("closed"), "dinov2");
    mkdirSync(join(target, fileName));
    const before = process.env.XDG_CACHE_HOME;
    process.env.XDG_CACHE_HOME = at("cache");
    try {
      await run(target, noise(56, 56), { precision: "int8" });
      assert.ok(statSync(join(at("cache"), "patchlab", "int8")).isDirectory());
      writeFileSync(at("file"), "");
      process.env.XDG_CACHE_HOME = at("file");
      await assert.rejects(run(target, noise(56, 56), { precision: "int8" }), { name: "FileError" });
    } finally {
      if (before === undefined) delete process.env.XDG_CACHE_HOME;
      else process.env.XDG_CACHE_HOME = before;
    }
  });

  it("names a tensor that is missing", async () => {
    const tensors = tensorsOf("dinov2");
    const name = "encoder.layer.1.mlp.fc2.weight";
    delete tensors[name];
    const target = checkpointFolder(at("missing"), "dinov2", tensors);
    await assert.rejects(run(target, noise(56, 56), { precision: "int8" }), (error: Error) => {
      assert.ok(error instanceof CheckpointError);
      assert.equal(error.entry, name);
      return true;
    });
  });

  it("is refused for other values, and by a convolutional network", async () => {
    await assert.rejects(loadModel("efficientnet-lite0", { precision: "int8" }), { argument: "precision" });
    await assert.rejects(loadModel("efficientnet-lite0", { precision: "int4" as "int8" }), { argument: "precision" });
  });
});
