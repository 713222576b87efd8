import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { ArgumentError, ImageError, ShapeError } from "#dist/core/errors.js";
import { decodeImage } from "#dist/core/image/decode.js";
import { normalise, pictureName, preprocess, preprocessOne } from "#dist/core/image/preprocess.js";
import { readPreprocessorConfig } from "#dist/core/image/preprocessor-config.js";
import { planTransform, type Transform } from "#dist/core/image/transform.js";
import { maxDifference } from "../../support/compare.js";
import { fixture } from "../../support/fixtures.js";

interface Case {
  input: string;
  expected: string;
  short_edge: number | null;
  crop: number;
  interpolation: "bilinear" | "bicubic";
  size: [number, number];
  normalised_mean?: number[];
  normalised_std?: number[];
}
const cases: Case[] = JSON.parse(readFileSync(fixture("preprocess/cases.json"), "utf8"));

/** Leaves levels as they are, so that what the network is shown can be compared. */
const levels = { rescale: 1, mean: [0, 0, 0], std: [1, 1, 1] } as const;

function transformOf({ short_edge: size, crop, interpolation }: Case): Transform {
  const square = { height: crop, width: crop };
  if (size === null) return { ...levels, interpolation, resize: { rule: "squash", ...square } };
  return { ...levels, interpolation, resize: { rule: "short-edge", size }, crop: square };
}

/** From height x width x 3 to 3 x height x width. */
function planar(data: Uint8Array): number[] {
  const area = data.length / 3;
  return Array.from({ length: data.length }, (_, i) => data[(i % area) * 3 + Math.floor(i / area)]);
}

function meanAndStd(values: Float32Array): [number, number] {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return [mean, Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length)];
}

const landscape = fixture("preprocess/landscape.jpg");

describe("preprocessOne", () => {
  it("shows the network what Pillow and torchvision show it, case by case", async () => {
    assert.ok(cases.length >= 30);
    for (const c of cases) {
      const { data, picture } = await preprocessOne(fixture(`preprocess/${c.input}`), transformOf(c), "");
      const expected = planar((await decodeImage(fixture(`preprocess/${c.expected}`))).data);
      const max = maxDifference(data, expected);
      const mean = data.reduce((sum, v, i) => sum + Math.abs(v - expected[i]), 0) / data.length;
      // PNG decodes alike everywhere, so there nothing may differ; other decoders are allowed a level
      assert.ok(max <= (c.input.endsWith(".png") ? 0 : 1) && mean < 0.01, `${c.expected}: max ${max}, mean ${mean}`);
      assert.deepEqual([picture.width, picture.height], c.size);
    }
  });

  it("reaches torchvision's mean and standard deviation with a Hub model's configuration", async () => {
    const transform = await readPreprocessorConfig(fixture("models/dinov2"));
    assert.ok(transform);
    for (const c of cases.filter((k) => k.normalised_mean)) {
      const { data, width, height } = await preprocessOne(fixture(`preprocess/${c.input}`), transform, "");
      for (let channel = 0; channel < 3; channel++) {
        const values = data.subarray(channel * width * height, (channel + 1) * width * height);
        const [mean, std] = meanAndStd(values);
        assert.ok(Math.abs(mean - c.normalised_mean![channel]) < 1e-3, `${c.input} mean ${mean}`);
        assert.ok(Math.abs(std - c.normalised_std![channel]) < 1e-3, `${c.input} std ${std}`);
      }
    }
  });

  it("fills the canvas around a picture that does not cover it", async () => {
    const red = { data: Uint8Array.from({ length: 12 }, (_, i) => (i % 3 === 0 ? 255 : 0)), width: 4, height: 1 };
    const box = { rule: "letterbox", height: 3, width: 4, fill: [9, 8, 7] } as const;
    const framed = await preprocessOne(red, { ...levels, interpolation: "bilinear", resize: box }, "red");
    assert.deepEqual([...framed.data.subarray(0, 12)], [9, 9, 9, 9, 255, 255, 255, 255, 9, 9, 9, 9]);
    assert.deepEqual(framed.picture.view, { left: 0, top: -1, width: 4, height: 3 });
  });

  it("records the picture as it was given, with the part that is seen", async () => {
    const transform = transformOf(cases.find((c) => c.short_edge === 256)!);
    const source = await decodeImage(landscape);
    const { picture } = await preprocessOne(source, transform, "picture 7");
    const { view } = planTransform(source.width, source.height, transform);
    assert.deepEqual(picture, { name: "picture 7", source, width: source.width, height: source.height, view });
  });

  it("rejects with the reason of the signal before it reads anything", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(preprocessOne("missing.jpg", transformOf(cases[0]), "", { signal }), /enough/);
  });
});

describe("preprocess", () => {
  it("holds each picture as preprocessOne makes it", async () => {
    const transform = transformOf(cases.find((c) => c.short_edge === 256)!);
    const sources = [landscape, readFileSync(fixture("preprocess/tiny.png"))];
    const { data, dims, pictures } = await preprocess(sources, transform);
    assert.deepEqual(dims, [2, 3, 224, 224]);
    assert.deepEqual(
      pictures.map((p) => p.name),
      [landscape, "picture 2"],
    );
    for (const [i, source] of sources.entries()) {
      const one = await preprocessOne(source, transform, "");
      assert.equal(maxDifference(data.subarray(i * one.data.length, (i + 1) * one.data.length), one.data), 0);
    }
  });

  it("names the picture that fails", async () => {
    const bad = new TextEncoder().encode("not a picture");
    await assert.rejects(preprocess([landscape, bad], transformOf(cases[0])), (e: Error) => {
      assert.ok(e instanceof ImageError);
      assert.equal(e.path, "picture 2");
      return true;
    });
  });

  it("refuses pictures that come out in different sizes, and an empty list", async () => {
    const open: Transform = { ...levels, interpolation: "bilinear", resize: { rule: "short-edge", size: 32 } };
    await assert.rejects(preprocess([landscape, fixture("preprocess/tall.jpg")], open), ShapeError);
    await assert.rejects(preprocess([], open), ArgumentError);
  });
});

describe("normalise", () => {
  it("equals single-precision (level / 255 - mean) / std for each level and channel", () => {
    const [mean, std] = [[0.485, 0.456, 0.406] as const, [0.229, 0.224, 0.225] as const];
    const data = Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3));
    const values = normalise({ data, width: 16, height: 16 }, { rescale: 1 / 255, mean, std });
    const f = Math.fround;
    for (let c = 0; c < 3; c++)
      for (let level = 0; level < 256; level++)
        assert.equal(values[c * 256 + level], f(f(f(level / 255) - f(mean[c])) / f(std[c])));
    // torch.tensor: (0 - .485) / .229 and (1 - .406) / .225
    assert.ok(Math.abs(values[0] + 2.117904) < 1e-6 && Math.abs(values[767] - 2.64) < 1e-6);
  });
});

describe("pictureName", () => {
  it("is the path, or the place in the list counted from one", () => {
    assert.equal(pictureName("a.jpg", 4), "a.jpg");
    assert.equal(pictureName(new Uint8Array(1), 2), "picture 3");
  });
});
