import assert from "node:assert/strict";
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { writeCheckpoint } from "#dist/bench/checkpoint.js";
import { embedFolder } from "#dist/core/collection/embed-folder.js";
import { ArgumentError, ShapeError } from "#dist/core/errors.js";
import { loadModel } from "#dist/core/model/load.js";
import type { Model } from "#dist/core/model/model.js";
import { openNetwork } from "#dist/core/model/network.js";
import { type Pooling, type PoolingName, poolingNames, poolTokens } from "#dist/core/model/pooling.js";
import { exactIndex } from "#dist/core/retrieval/exact.js";
import { maxDifference } from "../../support/compare.js";
import { fixture } from "../../support/fixtures.js";
import { picture, shoes } from "../../support/pictures.js";
import { readFixture } from "../../support/safetensors.js";
import { temporaryFolder } from "../../support/temporary.js";

/** Two images of two patches of two numbers, and the class tokens of four blocks. */
const cls = { data: Float32Array.of(5, 6, 7, 8), rows: 2, cols: 2 };
const patches = [
  { data: Float32Array.of(1, 2, 3, -4), rows: 2, cols: 1, dim: 2 },
  { data: Float32Array.of(0, 0, 2, 1), rows: 1, cols: 2, dim: 2 },
];
const layers = [8, 9, 10, 11].map((layer, i) => ({
  layer,
  normalised: true,
  cls: i === 3 ? cls : { data: Float32Array.of(10 * i, 10 * i + 1, 10 * i + 2, 10 * i + 3), rows: 2, cols: 2 },
}));
const tokens = { cls, patches, layers };

function rowsOf(pooling: Pooling): number[][] {
  const { data, rows, cols } = poolTokens(tokens, pooling);
  return Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * cols, (i + 1) * cols)));
}

const small = fc.float({ min: 0, max: 10, noNaN: true });

describe("poolTokens(tokens, pooling)", () => {
  it("gives what PyTorch computes by each project's formula", () => {
    const gem4 = [
      [2.53044, 1.681793],
      [1.681793, 0.840896],
    ];
    // [5, 6] / sqrt(61) and [7, 8] / sqrt(113)
    const unit = [
      [0.640184, 0.768221],
      [0.658505, 0.752577],
    ];
    const expected: Record<PoolingName, number[][]> = {
      cls: [
        [5, 6],
        [7, 8],
      ],
      mean: [
        [2, -1],
        [1, 0.5],
      ],
      "cls+mean": [
        [5, 6, 2, -1],
        [7, 8, 1, 0.5],
      ],
      gem: [
        [2.410142, 1.587401],
        [1.587401, 0.793701],
      ],
      "dino-knn": unit,
      "dino-linear-small": [
        [0, 1, 10, 11, 20, 21, 5, 6],
        [2, 3, 12, 13, 22, 23, 7, 8],
      ],
      "dino-linear-base": [
        [5, 2, 6, -1],
        [7, 1, 8, 0.5],
      ],
      "dino-copy-detection": [
        [5, 6, ...gem4[0]],
        [7, 8, ...gem4[1]],
      ],
      "dinov2-knn": unit,
      "dinov2-linear-1": [
        [5, 6, 2, -1],
        [7, 8, 1, 0.5],
      ],
      "dinov2-linear-4": [
        [0, 1, 10, 11, 20, 21, 5, 6, 2, -1],
        [2, 3, 12, 13, 22, 23, 7, 8, 1, 0.5],
      ],
      "dinov3-knn": unit,
      "dinov3-linear": [
        [5, 6, 2, -1],
        [7, 8, 1, 0.5],
      ],
    };
    assert.deepEqual(Object.keys(expected), poolingNames);
    for (const name of poolingNames) assert.ok(maxDifference(rowsOf(name).flat(), expected[name].flat()) < 1e-5, name);
    assert.ok(maxDifference(rowsOf({ name: "gem", p: 4 }).flat(), gem4.flat()) < 1e-5);
  });

  it("gem lies between mean and largest, nearer to the largest the higher p is", () => {
    fc.assert(
      fc.property(fc.array(small, { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 12 }), (values, p) => {
        const image = { data: Float32Array.from(values), rows: values.length, cols: 1, dim: 1 };
        const one = { cls: { data: new Float32Array(1), rows: 1, cols: 1 }, patches: [image] };
        const [mean] = poolTokens(one, "mean").data;
        const [lower, higher] = [p, p + 1].map((p) => poolTokens(one, { name: "gem", p }).data[0]);
        const slack = 1e-5 * (1 + mean);
        assert.ok(mean <= lower + slack && lower <= higher + slack && higher <= Math.max(...values) + slack);
      }),
    );
  });

  it("leaves what it was given as it is", () => {
    poolTokens(tokens, "cls").data.fill(9);
    assert.equal(cls.data[0], 5);
  });

  it("takes the patches and class token that PyTorch gives, registers left out", async () => {
    const network = await openNetwork(fixture("models/dinov2-registers"), { positionRule: "transformers" });
    const file = readFixture("models/dinov2-registers/expected.safetensors");
    const { data, shape } = file.float32("84x84.pixel_values");
    const output = await network.forward({ data, dims: shape as [number, 3, number, number] });
    const last = file.float32("84x84.last_hidden_state");
    const [n, count, dim] = last.shape;
    const expected = Array.from({ length: n }, (_, i) => {
      const image = last.data.subarray(i * count * dim, (i + 1) * count * dim);
      const means = Array.from({ length: dim }, (_, j) => {
        let sum = 0;
        for (let t = 5; t < count; t++) sum += image[t * dim + j];
        return sum / (count - 5);
      });
      return [...image.subarray(0, dim), ...means];
    });
    assert.ok(maxDifference(poolTokens(output, "dinov2-linear-1").data, expected.flat()) < 1e-4);
    await network.close();
  });

  it("refuses other names by listing its own, other settings, and tokens that are not there", () => {
    const refused = (pooling: unknown, message: RegExp, given: object = tokens) =>
      assert.throws(
        () => poolTokens(given as never, pooling as never),
        (error: Error) => {
          assert.ok(error instanceof ArgumentError);
          assert.match(error.message, message);
          return true;
        },
      );
    for (const pooling of ["max", "", "toString", undefined, null, 3, {}])
      refused(pooling, /^pooling is .*: give one of cls, mean, .*dinov3-linear$/);
    refused({ name: "mean", p: 2 }, /takes no settings/);
    for (const p of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, "3x"])
      refused({ name: "gem", p }, /^pooling\.p is .* above 0$/);
    refused("dinov2-linear-4", /hold no block where .* last 4/, { cls, patches });
    refused("dino-linear-small", /hold block 2, 5, 8, 11/, {
      ...tokens,
      layers: layers.map((l, i) => ({ ...l, layer: 2 + 3 * i })),
    });
    const raw = layers.map((l) => ({ ...l, normalised: false }));
    refused("dino-linear-small", /last norm/, { ...tokens, layers: raw });
    assert.throws(() => poolTokens({ cls, patches: [] }, "mean"), ShapeError);
    assert.throws(() => poolTokens({ cls, patches: [patches[0], { ...patches[1], dim: 1 }] }, "gem"), ShapeError);
  });
});

describe("extract(images, { pooling })", () => {
  const folder = temporaryFolder();
  let model: Model;
  before(async () => {
    const shape = { hiddenSize: 24, layers: 5, heads: 2, patchSize: 14, imageSize: 56 };
    await writeCheckpoint(folder(), shape);
    model = await loadModel(folder());
  });
  after(() => model.close());

  for (const pooling of ["cls+mean", "gem", "dino-linear-small", "dino-copy-detection", "dinov2-linear-4"] as const)
    it(`pools by ${pooling} batch by batch as one pass does, and keeps no more than was asked for`, async () => {
      const whole = await model.extract(shoes, { size: 56, layers: 4 });
      const expected = poolTokens(whole, pooling);
      const features = await model.extract(shoes, { size: 56, pooling, clsOnly: true, batchSize: 3 });
      assert.deepEqual([features.pooled?.rows, features.pooled?.cols], [expected.rows, expected.cols]);
      assert.ok(maxDifference(features.pooled!.data, expected.data) < 1e-4);
      assert.deepEqual([features.patches, features.layers, features.cls.rows], [[], undefined, 4]);
      const kept = await model.extract(shoes.slice(0, 1), { size: 56, pooling });
      assert.equal(kept.patches[0].data.length, 16 * 24);
    });

  it("leaves the layers that were asked for alone", async () => {
    const options = { size: 56, layers: [1], layerNorm: false } as const;
    const { layers: plain } = await model.extract(shoes.slice(0, 1), options);
    const { layers, pooled, patches } = await model.extract(shoes.slice(0, 1), {
      ...options,
      pooling: "mean",
      clsOnly: true,
    });
    assert.deepEqual(layers![0].cls, plain![0].cls);
    assert.deepEqual([layers![0].normalised, layers![0].patches, patches, pooled?.cols], [false, [], [], 24]);
    await assert.rejects(model.extract(shoes, { layers: 2, pooling: "dinov2-linear-4" }), /layers cannot be chosen/);
  });

  it("leaves out the pictures that cannot be read", async () => {
    const { pooled, failed } = await model.extract(["nowhere.jpg", shoes[0]], {
      size: 56,
      pooling: "mean",
      onError: "skip",
    });
    assert.deepEqual([pooled?.rows, failed.length], [1, 1]);
  });

  it("is refused before any picture is read when there is no such pooling", async () => {
    await assert.rejects(model.extract(["nowhere.jpg"], { pooling: "average" as never }), { argument: "pooling" });
  });

  it("is refused where the model has not the blocks", async () => {
    const few = await loadModel(fixture("models/dinov2"));
    const named = (e: Error) =>
      e instanceof ArgumentError && /^pooling is "dinov2-linear-4", .*last 4 blocks/.test(e.message);
    await assert.rejects(few.extract(shoes, { size: 56, pooling: "dinov2-linear-4" }), named);
    await few.close();
  });

  it("works with a convolutional network by what such a network has", async () => {
    const convolutional = await loadModel("efficientnet-lite0");
    const cols = async (pooling: Pooling) =>
      (await convolutional.extract([shoes[0]], { pooling, clsOnly: true })).pooled?.cols;
    assert.deepEqual(
      await Promise.all((["cls", "mean", "cls+mean", "gem"] as const).map(cols)),
      [1280, 320, 1600, 320],
    );
    await assert.rejects(cols("dino-linear-small"), { argument: "pooling", name: "ArgumentError" });
    await assert.rejects(cols("dino-linear-base"), /1280 and 320 numbers/);
    await convolutional.close();
  });

  it("makes a folder's vectors, and an index that reads a query the same way", async () => {
    const root = join(folder(), "pictures");
    await mkdir(root);
    for (const name of ["hat-01", "hat-02", "hat-03"])
      await cp(picture(`clothing/hat/${name}`), join(root, `${name}.jpg`));
    const pooling = "cls+mean";
    const embeddings = await embedFolder(root, { model, size: 56, pooling });
    assert.deepEqual([embeddings.vectors.rows, embeddings.vectors.cols, embeddings.pooling], [3, 48, pooling]);
    const index = await exactIndex(embeddings, { model });
    const { queries } = await index.search(join(root, "hat-02.jpg"), { k: 1 });
    assert.equal(queries[0].hits[0].row, 1);
    assert.ok(queries[0].hits[0].similarity > 0.99999);
    await index.close();
    assert.equal("pooling" in (await embedFolder(root, { model, size: 56 })), false);
  });
});
