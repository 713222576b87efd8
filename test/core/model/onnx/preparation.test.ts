import assert from "node:assert/strict";
import { CheckpointError } from "#dist/core/errors.js";
import { imagenetTransform, type Transform } from "#dist/core/image/transform.js";
import type { InputNormalisation } from "#dist/core/model/onnx/input-convention.js";
import { assumedTransform, checkNotTwice, type InputConvention, isOwn } from "#dist/core/model/onnx/preparation.js";

const path = "m.onnx";
const inside = (range: InputNormalisation["range"], more: Partial<InputNormalisation> = {}): InputConvention => ({
  path,
  normalisation: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], range: range!, blueFirst: false, ...more },
});
const numbersOf = ({ rescale, mean, std }: Transform) => ({ rescale, mean, std });

describe("assumedTransform", () => {
  it("is torchvision's for its ResNets where the file says nothing", () => {
    const { interpolation, ...rest } = assumedTransform({ path });
    const { interpolation: _, ...usual } = imagenetTransform;
    assert.deepEqual(rest, usual);
    assert.equal(interpolation, "bilinear");
  });

  it("leaves out what the network does itself", () => {
    const plain = { mean: [0, 0, 0], std: [1, 1, 1] };
    assert.deepEqual(numbersOf(assumedTransform(inside("0 to 1"))), { rescale: 1 / 255, ...plain });
    assert.deepEqual(numbersOf(assumedTransform(inside("0 to 255"))), { rescale: 1, ...plain });
    const half = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
    assert.deepEqual(numbersOf(assumedTransform(inside("-1 to 1"))), { rescale: 1 / 255, ...half });
    assert.deepEqual(numbersOf(assumedTransform(inside("normalised"))), numbersOf(imagenetTransform));
  });

  it("takes the size that the file fixes, with torchvision's margin around a square", () => {
    const square = assumedTransform({ path, size: [299, 299] });
    assert.deepEqual(
      [square.resize, square.crop],
      [
        { rule: "short-edge", size: 341 },
        { height: 299, width: 299 },
      ],
    );
    const wide = assumedTransform({ path, size: [32, 96] });
    assert.deepEqual(
      [wide.resize, wide.crop],
      [
        { rule: "cover", height: 32, width: 96 },
        { height: 32, width: 96 },
      ],
    );
  });

  it("does not guess for a file whose first operators do not tell, or that expects blue first", () => {
    const cases: [InputConvention, RegExp][] = [
      [
        { path, normalisation: "unknown" },
        /before the first convolution in a way.*put a preprocessor_config\.json beside/,
      ],
      [inside(undefined), /before the first convolution \(mean 0\.485, 0\.456, 0\.406, deviation 0\.229.*in a way/],
      [inside("0 to 1", { blueFirst: true }), /expects blue, green, red/],
    ];
    for (const [convention, message] of cases)
      assert.throws(
        () => assumedTransform(convention),
        (e: Error) => e instanceof CheckpointError && e.path === path && message.test(e.message),
      );
  });
});

describe("isOwn", () => {
  it("holds for files that normalise in place of the preparation, not for a batch norm behind it", () => {
    for (const range of ["0 to 1", "0 to 255", "-1 to 1"] as const) assert.ok(isOwn(inside(range).normalisation));
    for (const { normalisation } of [inside("normalised"), inside(undefined)]) assert.ok(!isOwn(normalisation));
    assert.ok(!isOwn("unknown") && !isOwn(undefined));
  });
});

describe("checkNotTwice", () => {
  const declared = (numbers: Partial<Transform>): Transform => ({ ...imagenetTransform, ...numbers });
  const plain = { mean: [0, 0, 0], std: [1, 1, 1] } as const;

  it("refuses numbers that would normalise what the network normalises again, and says how to set them", () => {
    assert.throws(
      () => checkNotTwice(imagenetTransform, inside("0 to 1")),
      (e: Error) => {
        assert.ok(e instanceof CheckpointError);
        assert.match(
          e.message,
          /mean 0\.485.*expects 0 to 1, but preprocessor_config\.json makes numbers from -2\.12 to 2\.25/,
        );
        assert.match(e.message, /set "do_normalize" to false there, or pictures are normalised twice/);
        return true;
      },
    );
    assert.throws(() => checkNotTwice(declared(plain), inside("0 to 255")), /"do_normalize" and "do_rescale" to false/);
    assert.throws(() => checkNotTwice(declared(plain), inside("-1 to 1")), /"image_mean" and "image_std" to 0\.5/);
    const red = declared({ mean: [0, 0, 0.4], std: [1, 1, 1] });
    assert.throws(() => checkNotTwice(red, inside("0 to 1")), /twice/);
    assert.throws(() => checkNotTwice(declared(plain), inside("0 to 1", { blueFirst: true })), /blue, green, red/);
  });

  it("has nothing against numbers that fit, nor against a network that says nothing or takes normalised pictures", () => {
    checkNotTwice(declared(plain), inside("0 to 1"));
    checkNotTwice(declared({ ...plain, rescale: 1 / 256 }), inside("0 to 1"));
    checkNotTwice(declared({ ...plain, rescale: 1 }), inside("0 to 255"));
    checkNotTwice(declared({ mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] }), inside("-1 to 1"));
    for (const convention of [
      { path },
      { path, normalisation: "unknown" } as const,
      inside("normalised"),
      inside(undefined),
    ])
      checkNotTwice(imagenetTransform, convention);
  });
});
