import assert from "node:assert/strict";
import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { vitSmall, writeCheckpoint } from "#dist/bench/checkpoint.js";
import { CheckpointError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import type { Network, PixelTensor } from "#dist/core/model/model.js";
import { readSafetensorsHeader, readTensor } from "#dist/core/model/safetensors.js";
import { openDinov2 } from "#dist/core/model/vit.js";
import { normal, seededRandom } from "#dist/core/numeric/random.js";
import { maxDifference } from "../../support/compare.js";
import { fixture } from "../../support/fixtures.js";
import { temporaryFolder } from "../../support/temporary.js";

const folders = ["dinov2", "dinov2-swiglu"];
const sizes = ["84x84", "56x56", "126x126", "42x98"];

function noise(n: number, h: number, w: number): PixelTensor {
  const random = seededRandom(1);
  return { data: Float32Array.from({ length: n * 3 * h * w }, () => normal(random)), dims: [n, 3, h, w] };
}

/** cls and patches put together again as one array of all tokens */
async function tokensOf(network: Network, pixels: PixelTensor): Promise<Float32Array> {
  const { cls, patches } = await network.forward(pixels);
  return Float32Array.from(
    patches.flatMap((p, i) => [...cls.data.subarray(i * cls.cols, (i + 1) * cls.cols), ...p.data]),
  );
}

describe("openDinov2", () => {
  const folder = temporaryFolder();

  for (const name of folders)
    for (const operators of ["fused", "plain"] as const)
      for (const size of sizes)
        it(`${name} with ${operators} operators equals PyTorch at ${size} to 1e-4`, async () => {
          const expected = await readSafetensorsHeader(fixture(`models/${name}/expected.safetensors`));
          const network = await openDinov2(fixture(`models/${name}`), { positionRule: "transformers", operators });
          const dims = expected.tensors.get(`${size}.pixel_values`)!.shape as PixelTensor["dims"];
          const pixels = { data: await readTensor(expected, `${size}.pixel_values`), dims };
          const wanted = await readTensor(expected, `${size}.last_hidden_state`);
          assert.ok(maxDifference(await tokensOf(network, pixels), wanted) < 1e-4);
          await network.close();
        });

  for (const name of folders)
    it(`${name} gives PyTorch's hidden states and last attention on request`, async () => {
      const expected = await readSafetensorsHeader(fixture(`models/${name}/expected.safetensors`));
      const network = await openDinov2(fixture(`models/${name}`), { positionRule: "transformers" });
      const pixels = { data: await readTensor(expected, "42x98.pixel_values"), dims: [2, 3, 42, 98] as const };
      const { hiddenStates, attention } = await network.forward(pixels, { hiddenStates: true, attention: true });
      assert.equal(hiddenStates?.length, 4);
      for (const [i, state] of hiddenStates.entries())
        assert.ok(maxDifference(state.data, await readTensor(expected, `42x98.hidden_states.${i}`)) < 1e-4);
      assert.deepEqual(attention?.dims, [2, 3, 22, 22]);
      assert.ok(maxDifference(attention.data, await readTensor(expected, "42x98.attentions.last")) < 1e-4);
      await network.close();
    });

  it("upstream's position rule differs from transformers' away from the learned size, and only there", async () => {
    const [upstream, transformers] = await Promise.all([
      openDinov2(fixture("models/dinov2")),
      openDinov2(fixture("models/dinov2"), { positionRule: "transformers" }),
    ]);
    const difference = async (h: number, w: number) =>
      maxDifference(await tokensOf(upstream, noise(1, h, w)), await tokensOf(transformers, noise(1, h, w)));
    assert.equal(await difference(84, 84), 0);
    assert.ok((await difference(126, 126)) > 1e-4);
    await Promise.all([upstream.close(), transformers.close()]);
  });

  it("a ViT-S/14 with fused operators equals the plain operators' result", async () => {
    await writeCheckpoint(folder(), vitSmall);
    const fused = await openDinov2(folder());
    const plain = await openDinov2(folder(), { operators: "plain" });
    for (const [h, w] of [
      [224, 224],
      [98, 140],
    ])
      assert.ok(maxDifference(await tokensOf(fused, noise(2, h, w)), await tokensOf(plain, noise(2, h, w))) < 1e-4);
    await Promise.all([fused.close(), plain.close()]);
  });

  it("reads weights through links, as the Hub's cache has them", async () => {
    const linked = join(folder(), "snapshot");
    await mkdir(linked);
    await symlink(fixture("models/dinov2/config.json"), join(linked, "config.json"));
    await symlink(fixture("models/dinov2/model.safetensors"), join(linked, "model.safetensors"));
    const [a, b] = await Promise.all([openDinov2(linked), openDinov2(fixture("models/dinov2"))]);
    assert.deepEqual(await tokensOf(a, noise(1, 28, 42)), await tokensOf(b, noise(1, 28, 42)));
    await Promise.all([a.close(), b.close()]);
  });

  it("refuses tensors whose sides are no multiple of the patch, that are not full, or hold NaN", async () => {
    const network = await openDinov2(fixture("models/dinov2"));
    await assert.rejects(network.forward(noise(1, 30, 28)), (e: Error) => {
      assert.ok(e instanceof ShapeError);
      assert.match(e.message, /30 x 28.*14 pixels.*28 x 28/);
      return true;
    });
    await assert.rejects(network.forward(undefined as never), ShapeError);
    await assert.rejects(network.forward({ data: new Float32Array(5), dims: [1, 3, 28, 28] }), ShapeError);
    const pixels = noise(3, 28, 28);
    pixels.data[3 * 28 * 28 + 5] = Number.NaN;
    await assert.rejects(network.forward(pixels), (e: Error) => e instanceof NotFiniteError && e.row === 1);
    await network.close();
  });
});

describe("a checkpoint that does not fit", () => {
  const folder = temporaryFolder();
  let header: Record<string, { dtype: string; shape: number[]; data_offsets: number[] }>;
  let data: Buffer;

  before(async () => {
    const file = await readFile(fixture("models/dinov2/model.safetensors"));
    const length = Number(file.readBigUInt64LE());
    header = JSON.parse(file.subarray(8, 8 + length).toString());
    data = file.subarray(8 + length);
  });

  async function variant(name: string, change: (h: typeof header) => void, config: object = {}): Promise<string> {
    const target = join(folder(), name);
    await cp(fixture("models/dinov2"), target, { recursive: true });
    const copy = structuredClone(header);
    change(copy);
    const json = Buffer.from(JSON.stringify(copy));
    const prefix = Buffer.alloc(8);
    prefix.writeBigUInt64LE(BigInt(json.length));
    await writeFile(join(target, "model.safetensors"), Buffer.concat([prefix, json, data]));
    const original = JSON.parse(await readFile(join(target, "config.json"), "utf8"));
    await writeFile(join(target, "config.json"), JSON.stringify({ ...original, ...config }));
    return target;
  }

  async function refused(target: string, message: RegExp, entry?: string): Promise<void> {
    await assert.rejects(openDinov2(target), (error: Error) => {
      assert.ok(error instanceof CheckpointError, String(error));
      assert.match(error.message, message);
      assert.ok(error.path.startsWith(target));
      if (entry !== undefined) assert.equal(error.entry, entry);
      return true;
    });
  }

  it("is refused by the name of a missing tensor", async () => {
    const name = "encoder.layer.1.mlp.fc1.weight";
    await refused(await variant("missing", (h) => delete h[name]), /has no tensor "encoder\.layer\.1/, name);
  });

  it("is refused by the name of a tensor in another shape", async () => {
    const name = "encoder.layer.2.norm1.bias";
    const target = await variant("shape", (h) => {
      h[name].shape = [2, 24];
    });
    await refused(target, /\[2, 24\] where config\.json calls for \[48\]/, name);
  });

  it("is refused when position embeddings do not fit image_size", async () => {
    await refused(await variant("grid", () => {}, { image_size: 98 }), /\[1, 37, 48\].*\[1, 50, 48\]/);
  });

  it("is refused when heads do not divide the width, sizes are negative, huge or missing", async () => {
    await refused(await variant("heads", () => {}, { num_attention_heads: 5 }), /5 attention heads/);
    await refused(await variant("negative", () => {}, { hidden_size: -48 }), /hidden_size/, "hidden_size");
    await refused(await variant("huge", () => {}, { image_size: 1e9 }), /image_size/, "image_size");
    await refused(await variant("layers", () => {}, { num_hidden_layers: "3" }), /num_hidden_layers/);
  });

  it("is refused when the file ends early", async () => {
    const target = await variant("truncated", () => {});
    const path = join(target, "model.safetensors");
    await writeFile(path, (await readFile(path)).subarray(0, -1000));
    await refused(target, /truncated/);
  });

  it("is refused when config.json is no JSON", async () => {
    const target = await variant("json", () => {});
    await writeFile(join(target, "config.json"), "<html>");
    await refused(target, /no JSON/);
  });
});
