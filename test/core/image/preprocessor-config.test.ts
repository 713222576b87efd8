import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CheckpointError } from "#dist/core/errors.js";
import { parsePreprocessorConfig, readPreprocessorConfig } from "#dist/core/image/preprocessor-config.js";
import { fixture } from "../../support/fixtures.js";
import { temporaryFolder } from "../../support/temporary.js";

const numbers = { image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] };
const parse = (config: object) => parsePreprocessorConfig(JSON.stringify({ ...numbers, ...config }), "m/p.json");

describe("readPreprocessorConfig", () => {
  const folder = temporaryFolder();

  it("reads DINOv2's: short edge 256, crop 224, bicubic", async () => {
    assert.deepEqual(await readPreprocessorConfig(fixture("models/dinov2")), {
      resize: { rule: "short-edge", size: 256 },
      crop: { height: 224, width: 224 },
      interpolation: "bicubic",
      rescale: 1 / 255,
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
    });
  });

  it("is undefined for a folder without the file", async () => {
    assert.equal(await readPreprocessorConfig(folder()), undefined);
  });

  it("names the file that is not JSON", async () => {
    const path = join(folder(), "preprocessor_config.json");
    await writeFile(path, "{ size: 3");
    await assert.rejects(
      readPreprocessorConfig(folder()),
      (e: Error) => e instanceof CheckpointError && e.path === path,
    );
  });
});

describe("parsePreprocessorConfig", () => {
  it("reads DINOv3's, which writes null for what it does not use", () => {
    const transform = parse({
      image_processor_type: "DINOv3ViTImageProcessorFast",
      size: { height: 224, width: 256 },
      resample: 2,
      crop_size: null,
      do_center_crop: null,
      do_resize: true,
      do_normalize: true,
    });
    assert.deepEqual(transform.resize, { rule: "squash", height: 224, width: 256 });
    assert.deepEqual([transform.crop, transform.interpolation, transform.rescale], [undefined, "bilinear", 1 / 255]);
  });

  it("reads that of the Hub's ResNets, whose size is the crop's and whose short edge is longer by crop_pct", () => {
    for (const size of [224, { shortest_edge: 224 }])
      for (const kind of ["image_processor_type", "feature_extractor_type"]) {
        const { resize, crop } = parse({ [kind]: "ConvNextFeatureExtractor", size, crop_pct: 0.875, resample: 3 });
        assert.deepEqual(
          [resize, crop],
          [
            { rule: "short-edge", size: 256 },
            { height: 224, width: 224 },
          ],
        );
      }
    const unsaid = parse({ image_processor_type: "ConvNextImageProcessorFast", size: { shortest_edge: 288 } });
    assert.deepEqual([unsaid.resize, unsaid.interpolation], [{ rule: "short-edge", size: 329 }, "bilinear"]);
    const large = parse({
      image_processor_type: "ConvNextImageProcessor",
      size: { shortest_edge: 384 },
      crop_pct: 0.875,
    });
    assert.deepEqual([large.resize, large.crop], [{ rule: "squash", height: 384, width: 384 }, undefined]);
  });

  it("takes a plain number as a square for ViT and as the short edge for Bit", () => {
    const vit = parse({ feature_extractor_type: "ViTFeatureExtractor", size: 224, resample: 3 });
    assert.deepEqual(vit.resize, { rule: "squash", height: 224, width: 224 });
    assert.equal(vit.interpolation, "bicubic");
    const bit = parse({ image_processor_type: "BitImageProcessor", size: 256, crop_size: 224 });
    assert.deepEqual(
      [bit.resize, bit.crop],
      [
        { rule: "short-edge", size: 256 },
        { height: 224, width: 224 },
      ],
    );
  });

  it("ignores a crop size that is switched off", () => {
    assert.equal(parse({ size: 224, do_center_crop: false, crop_size: 224 }).crop, undefined);
  });

  it("leaves the numbers alone where rescaling and normalising are switched off", () => {
    const { rescale, mean, std } = parse({ size: 224, do_rescale: false, do_normalize: false });
    assert.deepEqual([rescale, mean, std], [1, [0, 0, 0], [1, 1, 1]]);
  });

  it("names the key that it cannot use", () => {
    const bad: [string, object][] = [
      ["size", {}],
      ["size", { size: { longest_edge: 300 } }],
      ["size", { size: 0 }],
      ["size.height", { size: { height: 1e9, width: 224 } }],
      ["resample", { size: 224, resample: 1 }],
      ["crop_size", { size: 224, do_center_crop: true }],
      ["crop_pct", { size: 224, crop_pct: 0.875 }],
      ["do_resize", { size: 224, do_resize: false }],
      ["image_mean", { size: 224, image_mean: [0.5, 0.5] }],
      ["image_std", { size: 224, image_std: null }],
      ["image_std", { size: 224, image_std: [1, 0, 1] }],
      ["rescale_factor", { size: 224, rescale_factor: "1/255" }],
    ];
    for (const [entry, config] of bad)
      assert.throws(
        () => parse(config),
        (e: Error) => {
          assert.ok(e instanceof CheckpointError);
          assert.deepEqual([e.path, e.entry], ["m/p.json", entry]);
          assert.ok(e.message.includes(entry), e.message);
          return true;
        },
        `${entry} of ${JSON.stringify(config)}`,
      );
  });
});
