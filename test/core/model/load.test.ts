import assert from "node:assert/strict";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import sharp from "sharp";
import { ArgumentError, CheckpointError, ClosedError, FileError, ImageError } from "#dist/core/errors.js";
import { loadModel } from "#dist/core/model/load.js";
import type { Model } from "#dist/core/model/model.js";
import { maxDifference } from "../../support/compare.js";
import { fixture, projectFile } from "../../support/fixtures.js";
import { type BackboneOptions, backboneFile, weights } from "../../support/onnx-graphs.js";
import { shoes } from "../../support/pictures.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("loadModel", () => {
  const folder = temporaryFolder();
  let model: Model;
  before(async () => {
    model = await loadModel("efficientnet-lite0");
  });
  after(() => model.close());

  it("opens the bundled model by name, with its sizes", () => {
    assert.equal(model.name, "efficientnet-lite0");
    assert.deepEqual([model.dim, model.patchDim, model.patchSize], [1280, 320, 32]);
  });

  it("gives one row of cls and one record of patches an image, in the pictures' order", async () => {
    const { cls, patches, pictures, failed } = await model.extract(shoes, { batchSize: 3 });
    assert.deepEqual([cls.rows, cls.cols, cls.data.length], [4, 1280, 4 * 1280]);
    assert.deepEqual(
      patches.map((p) => [p.rows, p.cols, p.dim, p.picture?.name]),
      shoes.map((path) => [7, 7, 320, path]),
    );
    assert.deepEqual(
      pictures.map((p) => p.name),
      shoes,
    );
    assert.deepEqual(failed, []);
  });

  it("gives the same numbers for a path, the file's bytes and its pixels, whatever the batch", async () => {
    const bytes = await readFile(shoes[0]);
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    const raw = { data: new Uint8Array(data), width: info.width, height: info.height };
    const { cls } = await model.extract([shoes[0], new Uint8Array(bytes), raw], { batchSize: 3 });
    const alone = await model.extract([shoes[0]]);
    for (const row of [0, 1, 2]) {
      const vector = cls.data.subarray(row * 1280, (row + 1) * 1280);
      assert.ok(maxDifference(vector, alone.cls.data) < 1e-4);
    }
  });

  it("rounds a size to the patch and obeys the fit", async () => {
    const square = await model.extract([shoes[0]], { size: 200 });
    assert.deepEqual([square.patches[0].rows, square.patches[0].cols], [6, 6]);
    const wide = await model.extract([shoes[0]], { size: [96, 160], fit: "squash" });
    assert.deepEqual([wide.patches[0].rows, wide.patches[0].cols], [3, 5]);
    const { view, width, height } = wide.pictures[0];
    assert.deepEqual(view, { left: 0, top: 0, width, height });
  });

  it("runs a DINOv2 folder through the same interface", async () => {
    const dino = await loadModel(fixture("models/dinov2"));
    assert.deepEqual([dino.name, dino.family, dino.dim, dino.patchSize], ["dinov2", "dinov2", 48, 14]);
    const { cls, patches, attentions } = await dino.extract(shoes.slice(0, 2), { size: 84, attention: true });
    assert.deepEqual([cls.rows, cls.cols, patches[1].rows, patches[1].dim], [2, 48, 6, 48]);
    const { heads, from, tokens, picture } = attentions![1];
    assert.deepEqual([heads, from, tokens, picture?.name], [3, 1, 37, shoes[1]]);
    await dino.close();
  });

  it("gives the register tokens of a family that has them, one row of records a picture", async () => {
    const registers = await loadModel(fixture("models/dinov2-registers"));
    const together = await registers.extract(shoes.slice(0, 3), { size: 56, batchSize: 2 });
    assert.deepEqual(together.registers?.dims, [3, 4, 48]);
    const alone = await registers.extract([shoes[2]], { size: 56 });
    assert.ok(maxDifference(together.registers.data.subarray(2 * 4 * 48), alone.registers!.data) < 1e-5);
    await registers.close();
  });

  it("runs a folder that has its weights as onnx/model.onnx alone, as it runs the same weights in safetensors", async () => {
    const exported = await loadModel(fixture("exports/dinov2"));
    const whole = await loadModel(fixture("models/dinov2"), { positionRule: "transformers" });
    assert.equal(exported.family, "dinov2");
    const [a, b] = [await exported.extract(shoes.slice(0, 2)), await whole.extract(shoes.slice(0, 2))];
    assert.ok(maxDifference(a.cls.data, b.cls.data) < 1e-4);
    assert.ok(maxDifference(a.patches[1].data, b.patches[1].data) < 1e-4);
    await assert.rejects(exported.extract([shoes[0]], { attention: true }), { argument: "attention" });
    await Promise.all([exported.close(), whole.close()]);
  });

  it("reports a bad picture and goes on when told to skip, and throws otherwise", async () => {
    const bad = join(folder(), "text.jpg");
    await writeFile(bad, "this is no picture");
    const { pictures, failed } = await model.extract([shoes[0], bad, shoes[1]], { onError: "skip" });
    assert.deepEqual(
      pictures.map((p) => p.name),
      [shoes[0], shoes[1]],
    );
    assert.deepEqual([failed.length, failed[0].index, failed[0].name], [1, 1, bad]);
    assert.ok(failed[0].error instanceof ImageError);
    await assert.rejects(model.extract([shoes[0], bad]), ImageError);
    await assert.rejects(model.extract([bad], { onError: "skip" }), ImageError);
  });

  it("tells its progress up to the end and stops between batches when aborted", async () => {
    const seen: number[] = [];
    await model.extract(shoes, { batchSize: 1, onProgress: (done, total) => seen.push(done / total) });
    assert.deepEqual(seen, [0.25, 0.5, 0.75, 1]);
    const controller = new AbortController();
    const stopped = model.extract(shoes, {
      batchSize: 1,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await assert.rejects(stopped, { name: "AbortError" });
  });

  it("leaves the event loop free while a network runs", async () => {
    let longest = 0;
    let last = performance.now();
    const turn = () => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    };
    const timer = setInterval(turn, 2);
    const pixels = { data: new Float32Array(2 * 3 * 896 * 896).fill(0.1), dims: [2, 3, 896, 896] as const };
    const started = performance.now();
    await model.forward(pixels);
    const took = performance.now() - started;
    clearInterval(timer);
    turn();
    assert.ok(longest < took / 2, `the loop stood still for ${longest.toFixed(0)} of ${took.toFixed(0)} ms`);
  });

  it("refuses an empty list, a batch size of zero and attention from a convolutional network", async () => {
    await assert.rejects(model.extract([]), ArgumentError);
    await assert.rejects(model.extract(shoes, { batchSize: 0 }), { argument: "batchSize" });
    await assert.rejects(model.extract(shoes, { onError: "Throw" as "throw" }), { argument: "onError" });
    await assert.rejects(loadModel("efficientnet-lite0", { operators: "fast" as "fused" }), { argument: "operators" });
    for (const source of ["efficientnet-lite0", fixture("models/dinov2")])
      await assert.rejects(loadModel(source, { positionRule: "nearest" as "upstream" }), { argument: "positionRule" });
    await assert.rejects(loadModel("efficientnet-lite0", { executionProviders: "cpu" as never }), {
      argument: "executionProviders",
    });
    await assert.rejects(model.extract([shoes[0]], { attention: true }), { argument: "attention" });
  });

  it("refuses names that it does not know, files, and models that are not on this disk", async () => {
    await assert.rejects(loadModel("resnet-9000"), /"resnet-9000".*efficientnet-lite0, .*dinov2-small/);
    await assert.rejects(loadModel(shoes[0]), FileError);
    await assert.rejects(loadModel("../models"), ArgumentError);
    const home = process.env.HF_HOME;
    process.env.HF_HOME = folder();
    try {
      await assert.rejects(loadModel("dinov2-small"), /not on this disk: run `npx patchlab pull dinov2-small`/);
    } finally {
      if (home === undefined) delete process.env.HF_HOME;
      else process.env.HF_HOME = home;
    }
  });

  it("finds a checkpoint in the Hugging Face cache by its Hub id and by its short name", async () => {
    const repository = join(folder(), "hub", "models--facebook--dinov2-small");
    await mkdir(join(repository, "refs"), { recursive: true });
    await writeFile(join(repository, "refs", "main"), "ed25f3a31f01632728cabb09d1542f84ab7b0056");
    await cp(fixture("models/dinov2"), join(repository, "snapshots", "ed25f3a31f01632728cabb09d1542f84ab7b0056"), {
      recursive: true,
    });
    process.env.HF_HUB_CACHE = join(folder(), "hub");
    try {
      for (const name of ["dinov2-small", "facebook/dinov2-small"]) {
        const cached = await loadModel(name);
        assert.deepEqual([cached.name, cached.dim], [name, 48]);
        await cached.close();
      }
    } finally {
      delete process.env.HF_HUB_CACHE;
    }
  });

  it("refuses a folder without config.json, and an unknown model_type by its name", async () => {
    const empty = join(folder(), "empty");
    await mkdir(empty);
    await assert.rejects(loadModel(empty), (e: Error) => e instanceof FileError && /config\.json/.test(e.message));
    const other = join(folder(), "other");
    await mkdir(other);
    await writeFile(join(other, "config.json"), JSON.stringify({ model_type: "toString" }));
    await assert.rejects(loadModel(other), (e: Error) => e instanceof CheckpointError && /"toString"/.test(e.message));
  });

  it("refuses an ONNX file that is none, and outputs that are missing or not as config.json says", async () => {
    const copy = join(folder(), "convolutional");
    await cp(projectFile("models/efficientnet-lite0"), copy, { recursive: true });
    const config = JSON.parse(await readFile(join(copy, "config.json"), "utf8"));
    await writeFile(join(copy, "config.json"), JSON.stringify({ ...config, map_output: "tokens" }));
    await assert.rejects(loadModel(copy), (e: Error) => e instanceof CheckpointError && /"tokens"/.test(e.message));
    await writeFile(join(copy, "config.json"), JSON.stringify({ ...config, model_file: "../model.onnx" }));
    await assert.rejects(loadModel(copy), CheckpointError);
    await writeFile(join(copy, "config.json"), JSON.stringify(config));
    for (const [entry, wrong] of [
      ["vector_size", { vector_size: 640 }],
      ["map_size", { map_size: 7 }],
      ["map_size", { map_output: "pooled" }],
    ] as const) {
      await writeFile(join(copy, "config.json"), JSON.stringify({ ...config, ...wrong }));
      const liar = await loadModel(copy);
      await assert.rejects(liar.extract([shoes[0]]), (e: Error) => e instanceof CheckpointError && e.entry === entry);
      await liar.close();
    }
    await writeFile(join(copy, "config.json"), JSON.stringify(config));
    await writeFile(join(copy, "model.onnx"), "<html>");
    await assert.rejects(loadModel(copy), CheckpointError);
  });

  describe("an ONNX file", () => {
    const resnet = (name: string) => fixture(`exports/resnet/${name}`);
    const imagenet = { image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] };
    let count = 0;

    /** files of the fixture and others in a folder of their own */
    async function made(files: Record<string, string | object>): Promise<string> {
      const target = join(folder(), `onnx ${++count}`);
      for (const [name, from] of Object.entries(files)) {
        await mkdir(dirname(join(target, name)), { recursive: true });
        if (typeof from === "string") await cp(resnet(from), join(target, name));
        else await writeFile(join(target, name), JSON.stringify(from));
      }
      return target;
    }

    async function using<T>(source: string, use: (model: Model) => T | Promise<T>): Promise<T> {
      const opened = await loadModel(source);
      try {
        return await use(opened);
      } finally {
        await opened.close();
      }
    }

    it("opens by its path, with the usual preparation for ImageNet, which it says to be assumed", () =>
      using(relative(process.cwd(), resnet("logits.onnx")), async (opened) => {
        assert.deepEqual([opened.name, opened.source, opened.family], ["logits", resnet("logits.onnx"), "onnx"]);
        const { resize, crop, mean } = opened.transform;
        assert.deepEqual([resize, crop?.height, mean[0]], [{ rule: "short-edge", size: 256 }, 224, 0.485]);
        assert.deepEqual([opened.transformAssumed, opened.ownNormalisation], [true, undefined]);
        assert.equal(model.transformAssumed, false);
        const { cls, patches } = await opened.extract(shoes, { batchSize: 3 });
        assert.deepEqual([cls.rows, cls.cols, patches[3].rows, patches[3].dim], [4, 12, 7, 12]);
      }));

    it("gives the same vectors of a picture whether it normalises inside, by levels or parts of 1, or is given it so", async () => {
      const forms = ["logits.onnx", "normalises-0-1.onnx", "normalises-0-255.onnx"];
      const vectors: Float32Array[] = [];
      for (const name of forms)
        await using(resnet(name), async (opened) => {
          assert.equal(opened.ownNormalisation !== undefined, name !== "logits.onnx");
          vectors.push((await opened.extract(shoes)).cls.data);
        });
      const spread = Math.max(...vectors[0]) - Math.min(...vectors[0]);
      assert.ok(spread > 0.1, `${spread}`);
      assert.ok(maxDifference(vectors[0], vectors[1]) < 1e-5);
      assert.ok(maxDifference(vectors[0], vectors[2]) < 1e-4);
    });

    it("obeys the preprocessor_config.json beside it, and refuses one that normalises a second time", async () => {
      const declared = { size: { height: 64, width: 64 }, resample: 3, ...imagenet };
      const config = { "preprocessor_config.json": declared };
      const [plain, own] = [
        await made({ ...config, "m.onnx": "logits.onnx" }),
        await made({ ...config, "m.onnx": "normalises-0-1.onnx" }),
      ];
      await using(join(plain, "m.onnx"), (opened) => {
        assert.equal(opened.transformAssumed, false);
        assert.deepEqual(opened.transform.resize, { rule: "squash", height: 64, width: 64 });
      });
      await assert.rejects(
        loadModel(join(own, "m.onnx")),
        (e: Error) =>
          e instanceof CheckpointError &&
          /set "do_normalize" to false there, or pictures are normalised twice/.test(e.message),
      );
      await writeFile(join(own, "preprocessor_config.json"), JSON.stringify({ ...declared, do_normalize: false }));
      const { transformAssumed } = await using(join(own, "m.onnx"), (opened) => opened);
      assert.equal(transformAssumed, false);
    });

    it("is read at the size that it fixes unless told otherwise", () =>
      using(resnet("batch-2.onnx"), async (opened) => {
        const { inputSize, cls } = await opened.extract(shoes.slice(0, 3));
        assert.deepEqual([inputSize, cls.rows], [[32, 96], 3]);
        await assert.rejects(opened.extract(shoes, { size: 64 }), /exported for 32 x 96 alone: give that size/);
      }));

    it("of a ResNet opens with its folder from the Hub, whichever of the two is named", async () => {
      const target = await made({
        "config.json": { model_type: "resnet" },
        "preprocessor_config.json": {
          image_processor_type: "ConvNextImageProcessor",
          crop_pct: 0.875,
          size: { shortest_edge: 224 },
          ...imagenet,
        },
        "onnx/model.onnx": "logits.onnx",
      });
      const seen: unknown[] = [];
      for (const source of [target, join(target, "onnx", "model.onnx")])
        await using(source, async ({ name, family, transform, transformAssumed, extract }) => {
          seen.push([name, family]);
          assert.deepEqual([transform.resize, transformAssumed], [{ rule: "short-edge", size: 256 }, false]);
          assert.equal((await extract([shoes[0]])).cls.cols, 12);
        });
      assert.deepEqual(seen, [
        [basename(target), "resnet"],
        ["model", "onnx"],
      ]);
    });

    it("opens with a folder that holds nothing else, or of several the one with the usual name", async () => {
      const folders: Record<string, string>[] = [
        { "any.onnx": "pooled.onnx" },
        { "model.onnx": "pooled.onnx", "other.onnx": "map.onnx" },
      ];
      for (const files of folders) {
        const { dim, family } = await using(await made(files), (opened) => opened);
        assert.deepEqual([dim, family], [12, "onnx"]);
      }
      const two = await made({ "a.onnx": "pooled.onnx", "b.onnx": "map.onnx" });
      await assert.rejects(loadModel(two), /has a\.onnx, b\.onnx: give the one that you want by its path/);
      const none = await made({ "config.json": { model_type: "resnet" } });
      await assert.rejects(
        loadModel(none),
        (e: Error) =>
          e instanceof CheckpointError &&
          e.entry === "model_type" &&
          /"resnet", which is not supported without an ONNX file/.test(e.message),
      );
    });

    it("without a map gives vectors, and refuses a pooling of patches by the option's name", async () => {
      const path = join(folder(), "no map.onnx");
      const outputs: BackboneOptions["outputs"] = (g, map) =>
        g.output("vector", g.op("Flatten", [g.op("Conv", [map, weights(g, "w", [2, 5, 56, 56])])]), "float32", [
          "n",
          2,
        ]);
      await writeFile(path, backboneFile({ outputs }));
      await using(path, async (opened) => {
        assert.deepEqual([opened.dim, opened.patchDim, opened.patchSize], [2, 0, 1]);
        const { cls, patches } = await opened.extract(shoes.slice(0, 2));
        assert.deepEqual([cls.rows, cls.cols, patches], [2, 2, []]);
        await assert.rejects(
          opened.extract([shoes[0]], { pooling: "mean" }),
          (e: Error) =>
            e instanceof ArgumentError &&
            e.argument === "pooling" &&
            /this model gives none: use "cls"/.test(e.message),
        );
      });
    });

    it("is refused where it is not there, is another file by another name, or is asked for in 8 bits", async () => {
      await assert.rejects(
        loadModel("models/resnet50.onnx"),
        (e: Error) => e instanceof FileError && /is not there/.test(e.message),
      );
      await assert.rejects(loadModel(shoes[0]), /is a file: give the model's folder, .* or an ONNX file/);
      await assert.rejects(loadModel(resnet("logits.onnx"), { precision: "int8" }), { argument: "precision" });
      await assert.rejects(loadModel(resnet("logits.onnx"), { executionProviders: ["abacus"] }), {
        argument: "executionProviders",
      });
    });
  });

  it("names an execution provider that is not there, whatever the family", async () => {
    for (const source of ["efficientnet-lite0", fixture("models/dinov2")])
      await assert.rejects(loadModel(source, { executionProviders: ["abacus"] }), (e: Error) => {
        assert.ok(e instanceof ArgumentError, e.message);
        assert.match(e.message, /executionProviders is \["abacus"\].*use \["cpu"\]/);
        return true;
      });
  });

  it("obeys maxPixels and background", async () => {
    await assert.rejects(model.extract([shoes[0]], { maxPixels: 1000 }), ImageError);
    const clear = join(folder(), "clear.png");
    await sharp({ create: { width: 64, height: 64, channels: 4, background: "#ff000000" } })
      .png()
      .toFile(clear);
    const vector = async (background?: [number, number, number]) =>
      (await model.extract([clear], { background })).cls.data;
    const [plain, red, blue] = [await vector(), await vector([255, 0, 0]), await vector([0, 0, 255])];
    assert.equal(maxDifference(plain, red), 0);
    assert.ok(maxDifference(plain, blue) > 1e-3);
  });

  it("refuses work after close and in the middle of it, by its name; close may be called twice", async () => {
    const other = await loadModel("efficientnet-lite0");
    const named = (e: Error) => e instanceof ClosedError && /the model efficientnet-lite0 is closed/.test(e.message);
    const middle = assert.rejects(other.extract([...shoes, ...shoes], { size: 640, batchSize: 1 }), named);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await Promise.all([other.close(), other.close()]);
    await middle;
    await assert.rejects(other.extract(shoes), named);
  });
});
