import assert from "node:assert/strict";
import fc from "fast-check";
import { ArgumentError } from "#dist/core/errors.js";
import { multipleOf, outputSize, planTransform, type Transform, transformForSize } from "#dist/core/image/transform.js";

const numbers = {
  interpolation: "bicubic",
  rescale: 1 / 255,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
} as const;
const usual: Transform = { ...numbers, resize: { rule: "short-edge", size: 256 }, crop: { height: 224, width: 224 } };
const squashed: Transform = { ...numbers, resize: { rule: "squash", height: 224, width: 224 } };
const framed: Transform = { ...numbers, resize: { rule: "letterbox", height: 100, width: 200 } };

const edge = fc.integer({ min: 1, max: 5000 });
const target = fc.integer({ min: 1, max: 400 });
const rules = fc.oneof(
  target.map((size) => ({ rule: "short-edge", size }) as const),
  fc
    .tuple(fc.constantFrom("cover", "squash", "letterbox"), target, target)
    .map(([rule, height, width]) => ({ rule, height, width })),
);
const crops = fc.record({ height: target, width: target });

describe("planTransform", () => {
  it("rounds as torchvision: the long edge down, the crop's offset to the even", () => {
    // Python: int(256 * 640 / 427) = 383 and int(round(79.5)) = 80, int(round(78.5)) = 78
    const plan = planTransform(640, 427, usual);
    assert.deepEqual(plan.resized, { width: 383, height: 256 });
    assert.deepEqual(plan.window, { left: 80, top: 16, width: 224, height: 224 }); // (383 - 224) / 2 = 79.5
    assert.equal(planTransform(641, 427, usual).resized.width, 384);
    assert.equal(planTransform(381, 256, usual).window.left, 78); // 78.5
  });

  it("pads a crop larger than the picture in black, less on the left and top", () => {
    const plan = planTransform(10, 20, {
      ...numbers,
      resize: { rule: "short-edge", size: 10 },
      crop: { height: 11, width: 15 },
    });
    assert.deepEqual(plan.canvas, { width: 15, height: 11, left: 2, top: 0 });
    assert.deepEqual(plan.window, { left: 0, top: 4, width: 10, height: 11 }); // (20 - 11) / 2 = 4.5
    assert.deepEqual(plan.fill, [0, 0, 0]);
    assert.deepEqual(plan.view, { left: -2, top: 4, width: 15, height: 11 });
  });

  it("says which part of the original the network sees", () => {
    assert.deepEqual(planTransform(512, 512, usual).view, { left: 32, top: 32, width: 448, height: 448 });
    assert.deepEqual(planTransform(300, 900, squashed).view, { left: 0, top: 0, width: 300, height: 900 });
    assert.deepEqual(planTransform(100, 100, framed).view, { left: -50, top: 0, width: 200, height: 100 });
  });

  it("centres a letterboxed picture on the mean colour unless another is given", () => {
    const plan = planTransform(400, 100, framed);
    assert.deepEqual(plan.resized, { width: 200, height: 50 });
    assert.deepEqual(plan.canvas, { width: 200, height: 100, left: 0, top: 25 });
    assert.deepEqual(plan.fill, [124, 116, 104]);
    const white = { ...framed, resize: { ...framed.resize, fill: [255, 255, 255] } } as Transform;
    assert.deepEqual(planTransform(400, 100, white).fill, [255, 255, 255]);
  });

  it("keeps the window inside the resized picture and on the canvas, and the view in proportion", () => {
    fc.assert(
      fc.property(edge, edge, rules, fc.option(crops, { nil: undefined }), (width, height, resize, crop) => {
        const t = { ...numbers, resize, ...(crop && { crop }) } as Transform;
        fc.pre(outputSize(t) !== undefined || Math.max(width, height) < 100 * Math.min(width, height));
        const { resized, window, canvas, view } = planTransform(width, height, t);
        assert.ok(resized.width >= 1 && resized.height >= 1);
        assert.ok(window.left >= 0 && window.left + window.width <= resized.width);
        assert.ok(window.top >= 0 && window.top + window.height <= resized.height);
        assert.ok(canvas.left >= 0 && canvas.left + window.width <= canvas.width);
        assert.ok(canvas.top >= 0 && canvas.top + window.height <= canvas.height);
        assert.ok(Math.abs(view.width / width - canvas.width / resized.width) < 1e-9);
        if (outputSize(t)) assert.deepEqual(outputSize(t), { height: canvas.height, width: canvas.width });
      }),
      { numRuns: 500 },
    );
  });

  it("covers the box with no smaller picture, and fits in it with no larger one", () => {
    fc.assert(
      fc.property(edge, edge, target, target, (w, h, height, width) => {
        const cover = planTransform(w, h, {
          ...numbers,
          resize: { rule: "cover", height, width },
          crop: { height, width },
        });
        assert.ok(cover.resized.width >= width && cover.resized.height >= height);
        assert.ok(cover.resized.width === width || cover.resized.height === height);
        const fit = planTransform(w, h, { ...numbers, resize: { rule: "letterbox", height, width } });
        assert.ok(fit.resized.width <= width && fit.resized.height <= height);
        assert.ok(fit.resized.width === width || fit.resized.height === height);
      }),
      { numRuns: 500 },
    );
  });

  it("refuses a strip that would become a huge input", () => {
    const open: Transform = { ...numbers, resize: { rule: "short-edge", size: 256 } };
    assert.throws(() => planTransform(1, 50_000, open), /add a crop/);
    assert.equal(planTransform(1, 50_000, usual).window.width, 224);
  });
});

describe("transformForSize", () => {
  it("returns the transform itself for its own size and fit", () => {
    for (const t of [usual, squashed, framed]) assert.equal(transformForSize(t), t);
    assert.equal(transformForSize(usual, { size: 224, fit: "crop", patchSize: 14 }), usual);
    assert.equal(transformForSize(usual, { size: 220, patchSize: 14 }), usual);
  });

  it("crops at another size without the margin of the usual one", () => {
    const { resize, crop } = transformForSize(usual, { size: 518, patchSize: 14 });
    assert.deepEqual(
      [resize, crop],
      [
        { rule: "short-edge", size: 518 },
        { height: 518, width: 518 },
      ],
    );
  });

  it("covers an input that is not square", () => {
    const { resize, crop } = transformForSize(usual, { size: [280, 406], patchSize: 14 });
    assert.deepEqual(
      [resize, crop],
      [
        { rule: "cover", height: 280, width: 406 },
        { height: 280, width: 406 },
      ],
    );
  });

  it("drops the crop when it squashes or letterboxes, and adds one to a squashing transform", () => {
    for (const fit of ["squash", "letterbox"] as const) {
      const t = transformForSize(usual, { fit });
      assert.deepEqual([t.resize, t.crop], [{ rule: fit, height: 224, width: 224 }, undefined]);
    }
    assert.deepEqual(transformForSize(squashed, { fit: "crop" }).crop, { height: 224, width: 224 });
    assert.deepEqual(transformForSize(squashed, { size: 300 }).resize, { rule: "squash", height: 300, width: 300 });
  });

  it("rounds to whole patches and keeps the numbers", () => {
    const t = transformForSize(usual, { size: [500, 3], patchSize: 14 });
    assert.deepEqual(outputSize(t), { height: 504, width: 14 });
    assert.deepEqual([t.mean, t.std, t.rescale, t.interpolation], [usual.mean, usual.std, usual.rescale, "bicubic"]);
  });

  it("refuses sizes that are no pixels, unknown fits, and no size where none is known", () => {
    for (const size of [0, 22.4, Number.NaN]) assert.throws(() => transformForSize(usual, { size }), ArgumentError);
    assert.throws(() => transformForSize(usual, { fit: "stretch" as "crop" }), /"stretch"/);
    assert.throws(() => transformForSize({ ...numbers, resize: { rule: "short-edge", size: 256 } }), ArgumentError);
  });
});

describe("multipleOf", () => {
  it("is a multiple, at least one step, and at most half a step away", () => {
    fc.assert(
      fc.property(edge, fc.integer({ min: 1, max: 64 }), (size, step) => {
        const m = multipleOf(size, step);
        assert.ok(m % step === 0 && m >= step && (m === step || Math.abs(m - size) <= step / 2));
      }),
    );
  });
});
