import assert from "node:assert/strict";
import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { vitSmall, writeCheckpoint } from "#dist/bench/checkpoint.js";
import { CheckpointError, ClosedError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import type { ModelOutput, Network, PixelTensor } from "#dist/core/model/model.js";
import { openNetwork } from "#dist/core/model/network.js";
import { readSafetensorsHeader, readTensor } from "#dist/core/model/safetensors.js";
import { normal, seededRandom } from "#dist/core/numeric/random.js";
import { maxDifference } from "../../support/compare.js";
import { fixture } from "../../support/fixtures.js";
import { temporaryFolder } from "../../support/temporary.js";

/** Each family's fixture with the number of its register tokens and the sizes that PyTorch's outputs are there for. */
const families = [
  { name: "dino", registers: 0, sizes: ["48x48", "32x32", "72x72", "24x56"] },
  { name: "dinov2", registers: 0, sizes: ["84x84", "56x56", "126x126", "42x98"] },
  { name: "dinov2-swiglu", registers: 0, sizes: ["84x84", "56x56", "126x126", "42x98"] },
  { name: "dinov2-registers", registers: 4, sizes: ["84x84", "56x56", "126x126", "42x98"] },
  { name: "dinov3", registers: 4, sizes: ["96x96", "64x64", "144x144", "48x112"] },
  { name: "dinov3-gated", registers: 4, sizes: ["96x96", "64x64", "144x144", "48x112"] },
];

function noise(n: number, h: number, w: number): PixelTensor {
  const random = seededRandom(1);
  return { data: Float32Array.from({ length: n * 3 * h * w }, () => normal(random)), dims: [n, 3, h, w] };
}

/** class token, registers and patches put together again as one array of all tokens */
async function tokensOf(network: Network, pixels: PixelTensor): Promise<Float32Array> {
  return joined(await network.forward(pixels));
}

function joined({ cls, patches, registers }: Pick<ModelOutput, "cls" | "patches" | "registers">): Float32Array {
  const [, count = 0, dim = 0] = registers?.dims ?? [];
  return Float32Array.from(
    patches.flatMap((p, i) => [
      ...cls.data.subarray(i * cls.cols, (i + 1) * cls.cols),
      ...(registers?.data.subarray(i * count * dim, (i + 1) * count * dim) ?? []),
      ...p.data,
    ]),
  );
}

async function expectedOf(name: string, size: string): Promise<{ pixels: PixelTensor; expected: Expected }> {
  const header = await readSafetensorsHeader(fixture(`models/${name}/expected.safetensors`));
  const dims = header.tensors.get(`${size}.pixel_values`)!.shape as PixelTensor["dims"];
  const expected: Expected = (output) => readTensor(header, `${size}.${output}`);
  return { pixels: { data: await expected("pixel_values"), dims }, expected };
}

type Expected = (output: string) => Promise<Float32Array>;

describe("openNetwork", () => {
  const folder = temporaryFolder();

  for (const { name, sizes } of families)
    for (const operators of ["fused", "plain"] as const)
      for (const size of sizes)
        it(`${name} with ${operators} operators equals PyTorch at ${size} to 1e-4`, async () => {
          const { pixels, expected } = await expectedOf(name, size);
          const network = await openNetwork(fixture(`models/${name}`), { positionRule: "transformers", operators });
          assert.ok(maxDifference(await tokensOf(network, pixels), await expected("last_hidden_state")) < 1e-4);
          await network.close();
        });

  for (const { name, registers, sizes } of families)
    for (const size of [sizes[0], sizes[3]])
      it(`${name} gives PyTorch's hidden states and last attention at ${size} on request`, async () => {
        const { pixels, expected } = await expectedOf(name, size);
        const network = await openNetwork(fixture(`models/${name}`), { positionRule: "transformers" });
        const output = await network.forward(pixels, { hiddenStates: true, attention: { from: "all" } });
        assert.equal(output.hiddenStates?.length, 4);
        for (const [i, state] of output.hiddenStates.entries())
          assert.ok(maxDifference(state.data, await expected(`hidden_states.${i}`)) < 1e-4, `hidden state ${i}`);
        const { rows, cols } = output.patches[0];
        const tokens = 1 + registers + rows * cols;
        const [first, second] = output.attention!;
        const { data, ...sizesOf } = second;
        assert.deepEqual(sizesOf, { heads: 3, from: tokens, tokens, prefix: 1 + registers, rows, cols, layer: 2 });
        const both = Float32Array.from([...first.data, ...data]);
        assert.ok(maxDifference(both, await expected("attentions.last")) < 1e-4);
        await network.close();
      });

  it("gives the attention of the class token, of named patches, and of any block: rows of the whole", async () => {
    const { pixels, expected } = await expectedOf("dinov3", "48x112");
    const network = await openNetwork(fixture("models/dinov3"));
    const [tokens, heads, whole] = [26, 3, await expected("attentions.last")];
    const rowOf = (head: number, token: number) =>
      whole.subarray((head * tokens + token) * tokens, (head * tokens + token + 1) * tokens);
    const cls = (await network.forward(pixels, { attention: true })).attention![0];
    assert.deepEqual([cls.heads, cls.from, cls.tokens, cls.prefix, cls.rows, cls.cols], [3, 1, 26, 5, 3, 7]);
    for (let head = 0; head < heads; head++)
      assert.ok(maxDifference(cls.data.subarray(head * tokens, (head + 1) * tokens), rowOf(head, 0)) < 1e-4);
    const register = (await network.forward(pixels, { attention: { from: [{ register: 3 }] } })).attention![0];
    for (let head = 0; head < heads; head++)
      assert.ok(maxDifference(register.data.subarray(head * tokens, (head + 1) * tokens), rowOf(head, 4)) < 1e-4);
    const request = {
      from: [
        [2, 6],
        [0, 1],
      ] as [number, number][],
    };
    const two = (await network.forward(pixels, { attention: request })).attention![0];
    for (let head = 0; head < heads; head++)
      for (const [i, token] of [5 + 2 * 7 + 6, 5 + 1].entries()) {
        const start = (head * 2 + i) * tokens;
        assert.ok(maxDifference(two.data.subarray(start, start + tokens), rowOf(head, token)) < 1e-4);
      }
    const [early] = (await network.forward(pixels, { attention: { layer: 0 } })).attention!;
    assert.equal(early.layer, 0);
    assert.ok(maxDifference(early.data, cls.data) > 0.01);
    for (let head = 0; head < heads; head++) {
      const sum = early.data.subarray(head * tokens, (head + 1) * tokens).reduce((a, b) => a + b);
      assert.ok(Math.abs(sum - 1) < 1e-5);
    }
    await network.close();
  });

  it("gives the tokens after chosen blocks, with the last norm and without", async () => {
    const { pixels, expected } = await expectedOf("dinov2-registers", "42x98");
    const network = await openNetwork(fixture("models/dinov2-registers"));
    const raw = (await network.forward(pixels, { layers: [0, 2], layerNorm: false })).layers!;
    assert.deepEqual(
      raw.map(({ layer, normalised }) => [layer, normalised]),
      [
        [0, false],
        [2, false],
      ],
    );
    const hidden = await expected("hidden_states.1");
    const perImage = hidden.length / 2;
    assert.ok(maxDifference(raw[0].cls.data.subarray(48), hidden.subarray(perImage, perImage + 48)) < 1e-4);
    assert.ok(maxDifference(raw[0].patches[1].data, hidden.subarray(perImage + 5 * 48)) < 1e-4);
    const output = await network.forward(pixels, { layers: 2 });
    assert.deepEqual(
      output.layers!.map(({ layer, normalised }) => [layer, normalised]),
      [
        [1, true],
        [2, true],
      ],
    );
    assert.ok(maxDifference(joined(output.layers![1]), joined({ cls: output.cls, patches: output.patches })) < 1e-5);
    await network.close();
  });

  it("runs calls with and without hidden states at the same time", async () => {
    const { pixels } = await expectedOf("dinov2", "56x56");
    const network = await openNetwork(fixture("models/dinov2"));
    const results = await Promise.all(
      [{}, { hiddenStates: true }, {}, { layers: 1 }, { attention: true }, {}].map((o) => network.forward(pixels, o)),
    );
    for (const { cls } of results) assert.ok(maxDifference(cls.data, results[0].cls.data) < 1e-6);
    await network.close();
    await assert.rejects(network.forward(pixels), ClosedError);
  });

  it("takes the numbers as they are at the call, also while a session opens", async () => {
    const network = await openNetwork(fixture("models/dinov2"));
    const expected = (await network.forward(noise(1, 28, 42))).cls.data;
    for (const options of [{}, { hiddenStates: true }, {}]) {
      const pixels = noise(1, 28, 42);
      const running = network.forward(pixels, options);
      pixels.data.fill(0);
      assert.ok(maxDifference((await running).cls.data, expected) < 1e-6);
    }
    await network.close();
  });

  it("may be closed while a session opens: the calls that wait end with ClosedError", async () => {
    const network = await openNetwork(fixture("models/dinov2"));
    const waiting = network.forward(noise(1, 28, 42), { hiddenStates: true });
    const closed = assert.rejects(waiting, ClosedError);
    await network.close();
    await closed;
  });

  it("refuses blocks, registers and patches that are not there, and requests that are none", async () => {
    const network = await openNetwork(fixture("models/dinov2"));
    const pixels = noise(1, 28, 42);
    for (const layers of [0, 4, 1.5, [], [3], [-1], [1, 1], "1"])
      await assert.rejects(network.forward(pixels, { layers: layers as never }), { argument: "layers" });
    await assert.rejects(network.forward(pixels, { attention: { layer: 3 } }), /blocks 0 to 2/);
    await assert.rejects(network.forward(pixels, { attention: { from: [{ register: 0 }] } }), /no registers/);
    for (const attention of ["all", null, 1])
      await assert.rejects(network.forward(pixels, { attention: attention as never }), { argument: "attention" });
    await assert.rejects(network.forward(pixels, { layerNorm: false }), { argument: "layerNorm" });
    for (const from of [[], [[2, 0]], [[0, 3]], [[0.5, 0]], "patches", [4]])
      await assert.rejects(network.forward(pixels, { attention: { from: from as never } }), {
        argument: "attention.from",
      });
    await network.close();
  });

  it("upstream's position rule differs from transformers' away from the learned size, and only there", async () => {
    const [upstream, transformers] = await Promise.all([
      openNetwork(fixture("models/dinov2")),
      openNetwork(fixture("models/dinov2"), { positionRule: "transformers" }),
    ]);
    const difference = async (h: number, w: number) =>
      maxDifference(await tokensOf(upstream, noise(1, h, w)), await tokensOf(transformers, noise(1, h, w)));
    assert.equal(await difference(84, 84), 0);
    assert.ok((await difference(126, 126)) > 1e-4);
    await Promise.all([upstream.close(), transformers.close()]);
  });

  it("a ViT-S/14 with fused operators equals the plain operators' result", async () => {
    await writeCheckpoint(folder(), vitSmall);
    const fused = await openNetwork(folder());
    const plain = await openNetwork(folder(), { operators: "plain" });
    for (const [h, w] of [
      [224, 224],
      [98, 140],
    ])
      assert.ok(maxDifference(await tokensOf(fused, noise(2, h, w)), await tokensOf(plain, noise(2, h, w))) < 1e-4);
    await Promise.all([fused.close(), plain.close()]);
  });

  it("reads weights through the links of a Hub cache, and no others", async () => {
    const repository = join(folder(), "models--facebook--dinov2-small");
    const snapshot = join(repository, "snapshots", "0123abcd");
    await mkdir(snapshot, { recursive: true });
    await cp(fixture("models/dinov2"), join(repository, "blobs"), { recursive: true });
    for (const name of ["config.json", "model.safetensors"])
      await symlink(join("..", "..", "blobs", name), join(snapshot, name));
    const [a, b] = await Promise.all([openNetwork(snapshot), openNetwork(fixture("models/dinov2"))]);
    assert.deepEqual(await tokensOf(a, noise(1, 28, 42)), await tokensOf(b, noise(1, 28, 42)));
    await Promise.all([a.close(), b.close()]);

    const plain = join(folder(), "plain");
    await mkdir(plain);
    await cp(fixture("models/dinov2/config.json"), join(plain, "config.json"));
    await symlink(fixture("models/dinov2/model.safetensors"), join(plain, "model.safetensors"));
    await assert.rejects(openNetwork(plain), (e: Error) => {
      assert.ok(e instanceof CheckpointError);
      assert.match(e.message, /leads out of the model's folder/);
      return true;
    });
  });

  it("refuses tensors whose sides are no multiple of the patch, that are not full, or hold NaN", async () => {
    const network = await openNetwork(fixture("models/dinov2"));
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
    await assert.rejects(openNetwork(target), (error: Error) => {
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
