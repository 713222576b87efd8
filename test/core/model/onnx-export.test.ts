import assert from "node:assert/strict";
import { cp, mkdir, readFile, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ArgumentError, CheckpointError, FileError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import { vitFamilies } from "#dist/core/model/families/all.js";
import type { Network, NetworkOptions, PixelTensor } from "#dist/core/model/model.js";
import { openOnnxExport } from "#dist/core/model/onnx-export.js";
import { maxDifference } from "../../support/compare.js";
import { fixture } from "../../support/fixtures.js";
import { onnxStub, type StubOptions, stubWeights } from "../../support/onnx-stub.js";
import { readFixture } from "../../support/safetensors.js";
import { temporaryFolder } from "../../support/temporary.js";

const source = fixture("exports/dinov2");

function open(folder: string, options?: NetworkOptions, family = "dinov2"): Promise<Network> {
  return openOnnxExport(folder, vitFamilies.get(family)!, options);
}

function ones(n: number, h: number, w: number): PixelTensor {
  return { data: new Float32Array(n * 3 * h * w).fill(1), dims: [n, 3, h, w] };
}

/** the sum of a patch of ones times the stub's weight */
const patchOfOnes = 3 * 14 * 14 * 0.01;

describe("openOnnxExport", () => {
  const folder = temporaryFolder();
  let count = 0;

  /** a folder with the fixture's configuration, changed, and the given files in `onnx` */
  async function made(files: Record<string, Uint8Array | string>, config: object = {}): Promise<string> {
    const target = join(folder(), `model ${++count}`);
    await mkdir(join(target, "onnx"), { recursive: true });
    const original = JSON.parse(await readFile(join(source, "config.json"), "utf8"));
    await writeFile(join(target, "config.json"), JSON.stringify({ ...original, ...config }));
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(target, "onnx", name), bytes);
    return target;
  }

  async function refused(target: string, message: RegExp, entry?: string, options?: NetworkOptions): Promise<void> {
    await assert.rejects(open(target, options), (error: Error) => {
      assert.ok(error instanceof CheckpointError, String(error));
      assert.match(error.message, message);
      assert.ok(error.path.startsWith(target));
      if (entry !== undefined) assert.equal(error.entry, entry);
      return true;
    });
  }

  async function using(target: string, use: (network: Network) => Promise<void>, family?: string): Promise<void> {
    const network = await open(target, {}, family);
    try {
      await use(network);
    } finally {
      await network.close();
    }
  }

  describe("torch's export of a DINOv2", () => {
    const expected = readFixture("models/dinov2/expected.safetensors");
    for (const size of ["84x84", "56x56", "126x126", "42x98"])
      it(`equals PyTorch at ${size} to 1e-4`, () =>
        using(source, async (network) => {
          const { data, shape } = expected.float32(`${size}.pixel_values`);
          const [n, , h, w] = shape;
          const { cls, patches } = await network.forward({ data, dims: [n, 3, h, w] });
          assert.deepEqual([cls.rows, cls.cols, patches.length], [n, 48, n]);
          assert.deepEqual([patches[0].rows, patches[0].cols, patches[0].dim], [h / 14, w / 14, 48]);
          const tokens = patches.flatMap((p, i) => [...cls.data.subarray(i * 48, (i + 1) * 48), ...p.data]);
          assert.ok(maxDifference(tokens, expected.float32(`${size}.last_hidden_state`).data) < 1e-4);
        }));

    it("is known by its configuration, and leaves out the patches when only the vectors are wanted", () =>
      using(source, async (network) => {
        assert.deepEqual([network.family, network.dim, network.patchDim, network.patchSize], ["dinov2", 48, 48, 14]);
        const whole = await network.forward(ones(1, 28, 42));
        const vectors = await network.forward(ones(1, 28, 42), { clsOnly: true });
        assert.deepEqual(vectors, { ...whole, patches: [] });
      }));

    it("refuses what a file cannot give, by the option's name", () =>
      using(source, async (network) => {
        for (const extra of ["hiddenStates", "layers", "attention"] as const)
          await assert.rejects(
            network.forward(ones(1, 28, 28), { [extra]: extra === "layers" ? 1 : true }),
            (e: Error) => e instanceof ArgumentError && e.argument === extra && /model\.safetensors/.test(e.message),
          );
      }));

    it("refuses tensors that do not fit the patch, are not full, or hold NaN", () =>
      using(source, async (network) => {
        await assert.rejects(network.forward(ones(1, 30, 28)), /30 x 28.*14 pixels.*28 x 28/);
        await assert.rejects(network.forward({ data: new Float32Array(5), dims: [1, 3, 28, 28] }), ShapeError);
        const pixels = ones(1, 28, 28);
        pixels.data[7] = Number.NaN;
        await assert.rejects(network.forward(pixels), NotFiniteError);
      }));
  });

  it("keeps the registers apart from the patches", async () => {
    const config = { model_type: "dinov2_with_registers", num_register_tokens: 2 };
    await using(
      await made({ "model.onnx": onnxStub({ prefix: 3 }) }, config),
      async (network) => {
        const { cls, patches, registers } = await network.forward(ones(2, 28, 14));
        assert.deepEqual([cls.rows, cls.cols, cls.data[0]], [2, 48, 0]);
        assert.deepEqual([registers?.dims, registers?.data[0], registers?.data[48]], [[2, 2, 48], 1, 2]);
        assert.ok(maxDifference(patches[1].data, new Array(2 * 48).fill(patchOfOnes)) < 1e-4);
      },
      "dinov2_with_registers",
    );
  });

  it("says that one size alone may work when the file claims to take any and fails", async () => {
    await using(await made({ "model.onnx": onnxStub({ positions: 4 }) }), async (network) => {
      assert.equal((await network.forward(ones(1, 28, 28))).patches.length, 1);
      await assert.rejects(
        network.forward(ones(1, 28, 42)),
        (e: Error) =>
          e instanceof CheckpointError && /fails at 28 x 42 pixels: it may work at one size/.test(e.message),
      );
    });
  });

  it("says which size works when the file fixes it", async () => {
    const dims = ["n", 3, 56, 70];
    await using(await made({ "model.onnx": onnxStub({ dims }) }), async (network) => {
      assert.equal((await network.forward(ones(3, 56, 70))).patches.length, 3);
      await assert.rejects(
        network.forward(ones(1, 56, 56)),
        (e: Error) => e instanceof ShapeError && /56 x 56.*exported for 56 x 70 alone/.test(e.message),
      );
    });
  });

  it("runs pictures one by one through a file that fixes their number", async () => {
    await using(await made({ "model.onnx": onnxStub({ dims: [1, 3, "h", "w"] }) }), async (network) => {
      const pixels = ones(3, 14, 28);
      pixels.data.fill(2, 2 * 3 * 14 * 28);
      const { cls, patches } = await network.forward(pixels);
      assert.deepEqual([cls.rows, patches.length], [3, 3]);
      assert.ok(maxDifference(patches[0].data, new Array(2 * 48).fill(patchOfOnes)) < 1e-4);
      assert.ok(maxDifference(patches[2].data, new Array(2 * 48).fill(2 * patchOfOnes)) < 1e-4);
    });
  });

  it("gives as many pictures as it takes, however many the file fixes", async () => {
    await using(await made({ "model.onnx": onnxStub({ dims: [4, 3, "h", "w"] }) }), async (network) => {
      for (const n of [1, 3, 4, 5, 8]) {
        const pixels = ones(n, 14, 28);
        for (let i = 0; i < n; i++) pixels.data.fill(i + 1, i * 3 * 14 * 28, (i + 1) * 3 * 14 * 28);
        const { cls, patches } = await network.forward(pixels);
        assert.deepEqual([cls.rows, cls.data.length, patches.length], [n, n * 48, n]);
        for (const [i, { data }] of patches.entries())
          assert.ok(maxDifference(data, new Array(2 * 48).fill((i + 1) * patchOfOnes)) < 1e-3, `${i} of ${n}`);
      }
    });
  });

  it("takes the file that the precision asks for, and says which there are when it is not there", async () => {
    const [exact, small] = [onnxStub(), onnxStub({ prefix: 2 })];
    const target = await made({ "model_quantized.onnx": small, "model.onnx": exact, "model_q4.onnx": "<html>" });
    for (const [precision, count] of [
      [undefined, 1],
      ["fp32", 1],
      ["int8", 2],
    ] as const) {
      const network = await open(target, { precision });
      const run = network.forward(ones(1, 14, 14));
      // a token too many is how the test tells the files apart
      await (count === 1 ? run : assert.rejects(run, /model_quantized\.onnx: puts out \[1, 3, 48\]/));
      await network.close();
    }
    const only = await made({ "model_quantized.onnx": small });
    await refused(
      only,
      /needs one of model\.onnx, model_fp16\.onnx for precision "fp32" and has model_quantized/,
      undefined,
      {
        precision: "fp32",
      },
    );
    await refused(await made({}), /needs one of model\.onnx, .* and has no ONNX file/);
    await refused(await made({ "decoder.onnx": exact }), /has no ONNX file/);
  });

  it("refuses a web page, an empty file, a pointer and a truncated file named model.onnx", async () => {
    const whole = await readFile(join(source, "onnx", "model.onnx"));
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 477495\n";
    for (const bytes of [
      "<html><body>404</body></html>",
      "",
      pointer,
      whole.subarray(0, 200_000),
      whole.subarray(0, -1),
    ])
      await refused(await made({ "model.onnx": bytes }), /no ONNX file that onnxruntime accepts: download it again/);
    const target = await made({});
    await mkdir(join(target, "onnx", "model.onnx"));
    await refused(target, /is no file/);
  });

  it("refuses inputs and outputs that are not those of such a model, by their names", async () => {
    const cases: [StubOptions, RegExp, string][] = [
      [{ inputName: "input" }, /takes input where pixel_values alone/, "pixel_values"],
      [{ extraInput: "masks" }, /takes pixel_values, masks where pixel_values alone/, "pixel_values"],
      [{ outputName: "logits" }, /no output "last_hidden_state" but logits/, "last_hidden_state"],
      [{ type: "float16" }, /pixel_values in float16 where float32/, "pixel_values"],
      [{ dim: 32 }, /\[n, tokens, 32\] where config\.json promises tokens of 48/, "hidden_size"],
      [{ dims: [1e9, 3, "h", "w"] }, /takes 1000000000 pictures at a time where at most 256/, "pixel_values"],
      [{ dims: ["n", "h", "w"] }, /onnxruntime accepts|takes \[n, h, w\]/, ""],
    ];
    for (const [options, message, entry] of cases)
      await refused(await made({ "model.onnx": onnxStub(options) }), message, entry || undefined);
  });

  it("refuses tokens that are not as many as config.json calls for", async () => {
    for (const [config, family] of [
      [{ patch_size: 7 }, "dinov2"],
      [{ model_type: "dinov2_with_registers", num_register_tokens: 4 }, "dinov2_with_registers"],
    ] as const)
      await using(
        await made({ "model.onnx": onnxStub() }, config),
        (network) =>
          assert.rejects(network.forward(ones(1, 28, 28)), (e: Error) => {
            assert.ok(e instanceof CheckpointError);
            assert.match(e.message, /puts out \[1, 5, 48\] at 28 x 28 where config\.json promises \[1, (17|9), 48\]/);
            return true;
          }),
        family,
      );
  });

  it("refuses a configuration that is missing or lies", async () => {
    const target = await made({ "model.onnx": onnxStub() });
    await rename(join(target, "config.json"), join(target, "other.json"));
    await assert.rejects(open(target), FileError);
    await refused(await made({ "model.onnx": onnxStub() }, { hidden_size: -48 }), /hidden_size/, "hidden_size");
  });

  describe("with its weights in another file", () => {
    const bytes = stubWeights();
    const graph = (location: string) => onnxStub({ external: { location, offset: 0, length: bytes.length } });

    it("reads them beside it, and through the links of the Hub's cache", async () => {
      const plain = await made({ "model.onnx": graph("model.onnx_data"), "model.onnx_data": bytes });
      const repository = join(folder(), "hub", "models--a--b");
      const snapshot = join(repository, "snapshots", "ed25f3a31f01632728cabb09d1542f84ab7b0056");
      await cp(plain, snapshot, { recursive: true });
      await mkdir(join(repository, "blobs"));
      for (const name of ["model.onnx", "model.onnx_data"]) {
        await rename(join(snapshot, "onnx", name), join(repository, "blobs", `${name.length}ab`));
        await symlink(`../../../blobs/${name.length}ab`, join(snapshot, "onnx", name));
      }
      for (const target of [plain, snapshot])
        await using(target, async (network) => {
          const { patches } = await network.forward(ones(1, 14, 14));
          assert.ok(maxDifference(patches[0].data, new Array(48).fill(patchOfOnes)) < 1e-4);
        });
    });

    it("says that they are missing or cut short", async () => {
      const missing = await made({ "model.onnx": graph("model.onnx_data") });
      await refused(missing, /keeps its weights in model\.onnx_data, which is missing/);
      const short = await made({ "model.onnx": graph("model.onnx_data"), "model.onnx_data": bytes.subarray(0, 1000) });
      await refused(short, /ends too early/);
    });

    it("does not follow a name or a link that leads out of the folder", async () => {
      await writeFile(join(folder(), "secret"), bytes);
      for (const location of ["../../secret", join(folder(), "secret"), "../secret"])
        await refused(await made({ "model.onnx": graph(location) }), /names a file outside its folder/);
      const target = await made({ "model.onnx": graph("model.onnx_data") });
      await symlink(join(folder(), "secret"), join(target, "onnx", "model.onnx_data"));
      await refused(target, /names a file outside its folder/);
      const linked = await made({});
      await symlink(join(target, "onnx", "model.onnx"), join(linked, "onnx", "model.onnx"));
      await refused(linked, /leads out of the model's folder/);
    });
  });
});
