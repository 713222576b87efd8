import assert from "node:assert/strict";
import { cp, mkdir, readFile, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ArgumentError, CheckpointError, FileError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import { fingerprintOf } from "#dist/core/model/fingerprint.js";
import type { Network, PixelTensor } from "#dist/core/model/model.js";
import { openOnnxBackbone } from "#dist/core/model/onnx/onnx-backbone.js";
import { float, GraphBuilder } from "#dist/core/runtime/graph.js";
import { maxDifference } from "../../../support/compare.js";
import { fixture } from "../../../support/fixtures.js";
import { backboneFile, classifier, mapChannels, numbers, pooled, weights } from "../../../support/onnx-graphs.js";
import { readFixture } from "../../../support/safetensors.js";
import { temporaryFolder } from "../../../support/temporary.js";

const resnet = (name: string) => fixture(`exports/resnet/${name}`);
const expected = readFixture("exports/resnet/expected.safetensors");
const levels = expected.uint8("levels");
const features = expected.float32("features");
const map = expected.float32("map");

/** The fixture's pictures, their levels changed channel by channel. */
function pictures(change: (level: number, channel: number) => number): PixelTensor {
  const [n, , height, width] = levels.shape;
  const data = Float32Array.from(levels.data, (level, i) => change(level, Math.floor(i / (height * width)) % 3));
  return { data, dims: [n, 3, height, width] };
}

const [mean, std] = [
  [0.485, 0.456, 0.406],
  [0.229, 0.224, 0.225],
];
const normalised = pictures((level, c) => (level / 255 - mean[c]) / std[c]);

async function using(path: string, use: (network: Network) => Promise<void>): Promise<void> {
  const network = await openOnnxBackbone(path);
  try {
    await use(network);
  } finally {
    await network.close();
  }
}

/** The fixture's map [3, 12, 1, 3] as cells of the given picture. */
function expectedCells(picture: number): number[] {
  const [, dim, rows, cols] = map.shape;
  return Array.from({ length: rows * cols * dim }, (_, i) => {
    const [cell, channel] = [Math.floor(i / dim), i % dim];
    return map.data[(picture * dim + channel) * rows * cols + cell];
  });
}

describe("openOnnxBackbone", () => {
  const folder = temporaryFolder();
  let count = 0;

  async function made(bytes: Uint8Array | string, name = `model ${++count}.onnx`): Promise<string> {
    const path = join(folder(), name);
    await writeFile(path, bytes);
    return path;
  }

  async function refused(path: string, message: RegExp, entry?: string): Promise<void> {
    await assert.rejects(openOnnxBackbone(path), (error: Error) => {
      assert.ok(error instanceof CheckpointError, String(error));
      assert.match(error.message, message);
      assert.equal(error.path, path);
      if (entry !== undefined) assert.equal(error.entry, entry);
      return true;
    });
  }

  describe("a ResNet of torch", () => {
    const forms = [
      ["logits.onnx", "its classes alone"],
      ["batch-2.onnx", "two pictures at a time and their classes' probabilities"],
      ["pooled.onnx", "pooled features"],
      ["map-and-pooled.onnx", "its map and pooled features"],
      ["beside.onnx", "its classes alone, by torch's newer exporter, with its weights beside it"],
    ];
    for (const [name, what] of forms)
      it(`that gives ${what} has PyTorch's vector in front of the classifier and its map to 1e-5`, () =>
        using(resnet(name), async (network) => {
          assert.deepEqual([network.dim, network.patchDim, network.patchSize], [12, 12, 32]);
          const { cls, patches } = await network.forward(normalised);
          assert.deepEqual([cls.rows, cls.cols, patches.length], [3, 12, 3]);
          assert.ok(maxDifference(cls.data, features.data) < 1e-5, `${maxDifference(cls.data, features.data)}`);
          for (const [i, { data, rows, cols, dim }] of patches.entries()) {
            assert.deepEqual([rows, cols, dim], [1, 3, 12]);
            assert.ok(maxDifference(data, expectedCells(i)) < 1e-5, `picture ${i}`);
          }
        }));

    it("that gives its map alone has the mean of the map's cells as its vector, which is what pooling gives", () =>
      using(resnet("map.onnx"), async (network) => {
        const { cls, patches } = await network.forward(normalised);
        assert.ok(maxDifference(cls.data, features.data) < 1e-5);
        const vectors = await network.forward(normalised, { clsOnly: true });
        assert.deepEqual(vectors, { cls, patches: [] });
        assert.ok(maxDifference(patches[2].data, expectedCells(2)) < 1e-5);
      }));

    it("that normalises inside says by which numbers, and gives the same of pictures that are not normalised", async () => {
      await using(resnet("normalises-0-1.onnx"), async (network) => {
        const own = network.convention?.normalisation;
        assert.ok(typeof own === "object");
        assert.equal(own.range, "0 to 1");
        assert.ok(maxDifference(own.mean, mean) < 1e-5 && maxDifference(own.std, std) < 1e-5);
        const { cls } = await network.forward(pictures((level) => level / 255));
        assert.ok(maxDifference(cls.data, features.data) < 1e-5);
      });
      await using(resnet("normalises-0-255.onnx"), async (network) => {
        const own = network.convention?.normalisation;
        assert.ok(typeof own === "object");
        assert.deepEqual([own.range, own.blueFirst], ["0 to 255", false]);
        // it turns the channels round on its way: the numbers are those of the channels that come in
        assert.ok(
          maxDifference(
            own.std,
            std.map((s) => s * 255),
          ) < 1e-2,
        );
        const { cls } = await network.forward(pictures((level) => level));
        assert.ok(maxDifference(cls.data, features.data) < 1e-4);
      });
      await using(resnet("logits.onnx"), async ({ convention }) => {
        assert.deepEqual(convention, { path: resnet("logits.onnx") });
      });
    });

    it("runs any number of pictures, whatever number it fixes, and no other size than it fixes", () =>
      using(resnet("batch-2.onnx"), async (network) => {
        assert.deepEqual(network.convention?.size, [32, 96]);
        const one = { data: normalised.data.subarray(0, 3 * 32 * 96), dims: [1, 3, 32, 96] } as const;
        const { cls, patches } = await network.forward(one);
        assert.deepEqual([cls.rows, patches.length], [1, 1]);
        assert.ok(maxDifference(cls.data, features.data.subarray(0, 12)) < 1e-5);
        const square = { data: new Float32Array(3 * 64 * 64), dims: [1, 3, 64, 64] } as const;
        await assert.rejects(
          network.forward(square),
          (e: Error) =>
            e instanceof ShapeError && /64 x 64 where .*batch-2\.onnx was exported for 32 x 96/.test(e.message),
        );
      }));

    it("leaves the patches out on request, and does not need them for the vector", () =>
      using(resnet("logits.onnx"), async (network) => {
        const { cls, patches } = await network.forward(normalised, { clsOnly: true });
        assert.deepEqual(patches, []);
        assert.ok(maxDifference(cls.data, features.data) < 1e-5);
      }));

    it("refuses what only transformers have, sizes beside the stride, and NaN", () =>
      using(resnet("logits.onnx"), async (network) => {
        for (const extra of ["hiddenStates", "layers", "attention"] as const)
          await assert.rejects(
            network.forward(normalised, { [extra]: extra === "layers" ? 1 : true }),
            (e: Error) => e instanceof ArgumentError && e.argument === extra,
          );
        const beside = { data: new Float32Array(3 * 40 * 32), dims: [1, 3, 40, 32] } as const;
        await assert.rejects(network.forward(beside), /40 x 32.*32 pixels/);
        const broken = { data: Float32Array.from(normalised.data), dims: normalised.dims };
        broken.data[5] = Number.NaN;
        await assert.rejects(network.forward(broken), NotFiniteError);
      }));

    it("is the same model under another name, and another one with other weights beside it", async () => {
      const fingerprint = async (path: string) => {
        const network = await openOnnxBackbone(path);
        await network.close();
        return fingerprintOf(network);
      };
      for (const name of ["beside.onnx", "beside.onnx.data"]) await cp(resnet(name), join(folder(), name));
      const first = await fingerprint(resnet("beside.onnx"));
      assert.equal(await fingerprint(join(folder(), "beside.onnx")), first);
      await rename(join(folder(), "beside.onnx"), join(folder(), "other.onnx"));
      assert.equal(await fingerprint(join(folder(), "other.onnx")), first);
      const data = await readFile(join(folder(), "beside.onnx.data"));
      data[100] ^= 1;
      await writeFile(join(folder(), "beside.onnx.data"), data);
      assert.notEqual(await fingerprint(join(folder(), "other.onnx")), first);
      assert.notEqual(await fingerprint(resnet("logits.onnx")), await fingerprint(resnet("pooled.onnx")));
    });
  });

  it("has no patches without a map, or where its cells are no whole number of pixels apart", async () => {
    const ones = { data: new Float32Array(2 * 3 * 18 * 18).fill(1), dims: [2, 3, 18, 18] } as const;
    const vectorAlone = backboneFile({
      dims: ["n", 3, 18, 18],
      outputs: (g, map) => g.output("vector", pooled(g, map), "float32", ["n", mapChannels]),
    });
    // 18 pixels make 4 cells of 4 pixels
    await using(await made(vectorAlone), async (network) => {
      assert.deepEqual([network.dim, network.patchDim, network.patchSize], [mapChannels, 0, 1]);
      const { cls, patches } = await network.forward(ones);
      assert.deepEqual([cls.rows, cls.cols, patches], [2, mapChannels, []]);
    });
  });

  it("takes files of old exporters, which count weights among the inputs and scale pictures by a batch norm first", async () => {
    const old = new GraphBuilder();
    const input = old.input("data", "float32", ["n", 3, "h", "w"]);
    const norm = ["scale", "shift", "mean", "var"].map((name) => old.input(name, "float32", [3]));
    const kernel = old.input("kernel", "float32", [mapChannels, 3, 4, 4]);
    const first = old.op("BatchNormalization", [input, ...norm], { epsilon: float(1e-5) });
    const map = old.op("Relu", [old.op("Conv", [first, kernel], { strides: [4, 4] })]);
    old.output("classes", classifier(old, pooled(old, map)), "float32", ["n", 10]);
    const stored = new GraphBuilder("more/");
    for (const [name, value] of [
      ["scale", 1],
      ["shift", 0],
      ["mean", 0.1],
      ["var", 1.2],
    ] as const)
      numbers(stored, name, [value, value, value], [3]);
    weights(stored, "kernel", [mapChannels, 3, 4, 4]);
    await using(await made(Buffer.concat([old.build(), stored.buildAddition()])), async (network) => {
      assert.deepEqual([network.dim, network.patchDim, network.patchSize], [mapChannels, mapChannels, 4]);
      const own = network.convention?.normalisation;
      assert.ok(typeof own === "object");
      assert.deepEqual([own.range, own.mean.map((m) => m.toFixed(3))], ["normalised", ["0.100", "0.100", "0.100"]]);
      const { cls } = await network.forward({ data: new Float32Array(2 * 3 * 64).fill(1), dims: [2, 3, 8, 8] });
      assert.deepEqual([cls.rows, cls.cols], [2, mapChannels]);
    });
  });

  it("names an operator that onnxruntime does not know, and a file that is too new", async () => {
    const outputs = (g: GraphBuilder, map: string) =>
      g.output("v", pooled(g, g.op("Magic", [map])), "float32", ["n", 5]);
    await refused(await made(backboneFile({ outputs })), /uses Magic, which onnxruntime does not know/);
    const newer = await readFile(resnet("pooled.onnx"));
    assert.deepEqual([...newer.subarray(0, 2)], [8, 9]);
    newer[1] = 99;
    await refused(await made(newer), /newer form of ONNX than onnxruntime reads here/);
  });

  it("gives float32 of a network that computes in half precision inside", async () => {
    const half = backboneFile({
      outputs: (g, map) => {
        const vector = g.op("Cast", [pooled(g, map)], { to: 10 });
        const fc = g.initializer("half", "float16", [mapChannels, 2], new Uint8Array(mapChannels * 4));
        g.output("classes", g.op("Cast", [g.op("MatMul", [vector, fc])], { to: 1 }), "float32", ["n", 2]);
      },
    });
    await using(await made(half), async (network) => {
      const { cls } = await network.forward({ data: new Float32Array(3 * 64).fill(1), dims: [1, 3, 8, 8] });
      assert.deepEqual([network.dim, cls.data instanceof Float32Array, cls.data.length], [5, true, 5]);
    });
  });

  it("takes the pooled features of a file that gives classes too, and of several maps the coarsest", async () => {
    const several = backboneFile({
      outputs: (g, map) => {
        const vector = pooled(g, map);
        g.output("classes", classifier(g, vector), "float32", ["n", 10]);
        const coarse = g.op("MaxPool", [map], { kernel_shape: [2, 2], strides: [2, 2] });
        for (const [name, value] of [
          ["fine", map],
          ["coarse", coarse],
        ] as const)
          g.output(name, value, "float32", ["n", mapChannels, "a", "b"]);
        g.output("vector", vector, "float32", ["n", mapChannels]);
      },
    });
    await using(await made(several), async ({ dim, patchSize, configuration }) => {
      assert.deepEqual([dim, patchSize], [mapChannels, 8]);
      assert.deepEqual(configuration, { vector: "vector", map: "coarse" });
    });
  });

  it("says which size works when a file that claims to take any fails at another", async () => {
    const fixed = backboneFile({
      outputs: (g, map) => {
        const flat = g.op("Reshape", [map, g.int64([0, mapChannels * 56 * 56])]);
        g.output("vector", g.op("Slice", [flat, g.int64([0]), g.int64([7]), g.int64([1])]), "float32", ["n", 7]);
      },
    });
    await using(await made(fixed), async (network) => {
      assert.equal(network.dim, 7);
      await assert.rejects(
        network.forward({ data: new Float32Array(3 * 64), dims: [1, 3, 8, 8] }),
        (e: Error) =>
          e instanceof CheckpointError && /fails at a picture of 8 x 8 pixels: it runs at 224 x 224/.test(e.message),
      );
    });
  });

  it("does not take a file at its word that gives one vector, however many pictures come in", async () => {
    const traced = backboneFile({
      outputs: (g, map) => {
        const vector = g.op("Reshape", [g.op("GlobalAveragePool", [map]), g.int64([1, -1])]);
        g.output("vector", vector, "float32", ["n", mapChannels]);
      },
    });
    await using(await made(traced), async (network) => {
      await network.forward({ data: new Float32Array(3 * 64), dims: [1, 3, 8, 8] });
      await assert.rejects(
        network.forward({ data: new Float32Array(2 * 3 * 64), dims: [2, 3, 8, 8] }),
        (e: Error) => e instanceof CheckpointError && /gives \[1, 10\] for 2 pictures/.test(e.message),
      );
    });
  });

  it("refuses files that are no ONNX file, or half of one", async () => {
    const whole = await readFile(resnet("logits.onnx"));
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 477495\n";
    for (const bytes of [
      "<html>404</html>",
      "",
      pointer,
      "PK\u0003\u0004",
      whole.subarray(0, 9000),
      whole.subarray(0, -1),
    ])
      await refused(await made(bytes), /is no ONNX file, or/);
    await assert.rejects(openOnnxBackbone(join(folder(), "none.onnx")), FileError);
    await mkdir(join(folder(), "folder.onnx"));
    await assert.rejects(openOnnxBackbone(join(folder(), "folder.onnx")), FileError);
  });

  it("refuses inputs that are no pictures, by their names, and says what to do", async () => {
    const outputs = (g: Parameters<typeof pooled>[0], map: string) =>
      g.output("vector", pooled(g, map), "float32", ["n", mapChannels]);
    const cases = [
      [{ type: "float16" }, /takes input in float16 where float32 is expected/],
      [{ type: "uint8" }, /takes input in uint8 where float32/],
      [{ type: "int64", inputName: "ids" }, /takes ids in int64 where float32/],
      [{ dims: ["n", "h", "w", 3] }, /takes \[\?, \?, \?, 3\], with channels last/],
      [{ dims: ["n", 1, 28, 28], channels: 1 }, /takes \[\?, 1, 28, 28\] where \[pictures, 3, height, width\]/],
      [{ dims: ["n", 3, "h"] }, /takes \[\?, 3, \?\] where/],
      [{ dims: [1e9, 3, "h", "w"] }, /takes 1000000000 pictures at a time where at most 256/],
      [{ dims: [256, 3, 4096, 4096] }, /takes pictures of 4096 x 4096 pixels, more than can be meant/],
      [
        {
          before: (g: Parameters<typeof pooled>[0], x: string) =>
            g.op("Add", [x, g.input("mask", "float32", ["n", 3, "h", "w"])]),
        },
        /takes input, mask where one input/,
      ],
    ] as const;
    for (const [options, message] of cases) await refused(await made(backboneFile({ ...options, outputs })), message);
  });

  describe("with its weights in another file", () => {
    /** the fixture in a folder of its own; what is left out is not copied */
    async function copied(...names: string[]): Promise<string> {
      const target = join(folder(), `beside ${++count}`);
      await mkdir(target);
      for (const name of names) await cp(resnet(name), join(target, name));
      return target;
    }

    it("follows the links of the Hub's cache", async () => {
      const repository = join(folder(), "hub", "models--a--b");
      const snapshot = join(repository, "snapshots", "ed25f3a31f01632728cabb09d1542f84ab7b0056");
      await mkdir(snapshot, { recursive: true });
      await mkdir(join(repository, "blobs"));
      for (const [i, name] of ["beside.onnx", "beside.onnx.data"].entries()) {
        await cp(resnet(name), join(repository, "blobs", `${i}abc`));
        await symlink(`../../blobs/${i}abc`, join(snapshot, name));
      }
      await using(join(snapshot, "beside.onnx"), async (network) => {
        const { cls } = await network.forward(normalised);
        assert.ok(maxDifference(cls.data, features.data) < 1e-5);
        assert.deepEqual(
          network.weightFiles.map((path) => path.slice(-4)),
          ["onnx", "1abc"],
        );
      });
    });

    it("says that they are missing or cut short", async () => {
      const alone = await copied("beside.onnx");
      await refused(join(alone, "beside.onnx"), /keeps its weights in beside\.onnx\.data, which is missing/);
      const data = await readFile(resnet("beside.onnx.data"));
      await writeFile(join(alone, "beside.onnx.data"), data.subarray(0, 5000));
      await refused(
        join(alone, "beside.onnx"),
        /in beside\.onnx\.data up to byte \d+, of which there are 5000: it is truncated/,
      );
    });

    it("does not follow a link or a name that leads out of the folder", async () => {
      const target = await copied("beside.onnx");
      await cp(resnet("beside.onnx.data"), join(folder(), "secret"));
      await symlink(join(folder(), "secret"), join(target, "beside.onnx.data"));
      await refused(
        join(target, "beside.onnx"),
        /names beside\.onnx\.data for its weights, which is outside its folder/,
      );
      const bytes = await readFile(resnet("beside.onnx"), "latin1");
      // a name of the same length, so that nothing else moves
      const renamed = bytes.replaceAll("beside.onnx.data", `..${"/".repeat(8)}secret`);
      await writeFile(join(target, "beside.onnx"), renamed, "latin1");
      await refused(join(target, "beside.onnx"), /names \.\..*secret for its weights, which is outside its folder/);
    });
  });
});
