import assert from "node:assert/strict";
import fc from "fast-check";
import type { Triple } from "#dist/core/image/transform.js";
import { GraphIndex } from "#dist/core/model/onnx/graph-index.js";
import {
  firstLayerInput,
  type InputRange,
  measureNormalisation,
  plainPictures,
  plainPixels,
} from "#dist/core/model/onnx/input-convention.js";
import { readOnnxGraph } from "#dist/core/model/onnx/read-graph.js";
import type { Tensor } from "#dist/core/runtime/tensor.js";
import { backboneFile, mapChannels, pooled, weights } from "../../../support/onnx-graphs.js";

/** What the first convolution sees of the plain pictures when each is changed pixel by pixel. */
function reached(change: (pixel: Triple) => readonly number[]): Tensor<Float32Array> {
  const pictures = plainPictures.map(change);
  const data = pictures.flatMap((pixel) => pixel.flatMap((level) => new Array<number>(9).fill(level)));
  return { data: Float32Array.from(data), dims: [pictures.length, pictures[0].length, 3, 3] };
}

const affine = (mean: readonly number[], std: readonly number[]) =>
  measureNormalisation(reached((pixel) => pixel.map((level, c) => (level - mean[c]) / std[c])));

const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const times = (values: readonly number[], factor: number) => values.map((value) => value * factor);
const three = (value: number) => [value, value, value];

describe("measureNormalisation", () => {
  const known: [string, readonly number[], readonly number[], InputRange][] = [
    ["ImageNet's numbers for parts of 1", imagenet.mean, imagenet.std, "0 to 1"],
    ["ImageNet's numbers for levels", times(imagenet.mean, 255), times(imagenet.std, 255), "0 to 255"],
    ["CLIP's numbers", [0.4815, 0.4578, 0.4082], [0.2686, 0.2613, 0.2758], "0 to 1"],
    ["the middle and half of parts of 1", three(0.5), three(0.5), "0 to 1"],
    ["the middle and half of levels", three(127.5), three(127.5), "0 to 255"],
    ["a division by 255 alone", three(0), three(255), "0 to 255"],
    ["a product with 255 alone", three(0), three(1 / 255), "0 to 1"],
    ["the means of levels alone", times(imagenet.mean, 255), three(1), "0 to 255"],
    ["the means of levels, of parts of 1", imagenet.mean, three(1 / 255), "0 to 1"],
    ["a batch norm that learned from levels", [121, 115, 104], [71, 69, 72], "0 to 255"],
    ["a batch norm that learned from normalised pictures", [0.03, -0.02, 0.1], [1.1, 1.05, 0.97], "normalised"],
    [
      "torchvision's transform_input, from ImageNet's numbers to the middle and half",
      [0.0655, 0.1964, 0.4178],
      [2.18, 2.23, 2.22],
      "normalised",
    ],
    ["a shift of -1 to 1 into parts of 1", three(-1), three(2), "-1 to 1"],
    ["ImageNet's numbers for -1 to 1", imagenet.mean.map((m) => 2 * m - 1), times(imagenet.std, 2), "-1 to 1"],
  ];
  for (const [what, mean, std, range] of known)
    it(`takes ${what} for an input of ${range}`, () => {
      const measured = affine(mean, std);
      assert.ok(typeof measured === "object");
      assert.equal(measured.range, range);
      for (const c of [0, 1, 2]) {
        assert.ok(Math.abs(measured.std[c] - std[c]) < 1e-4 * Math.max(1, std[c]));
        assert.ok(Math.abs(measured.mean[c] - mean[c]) < 1e-3 * Math.max(1, Math.abs(mean[c])));
      }
    });

  it("gives back any mean and deviation that it measures", () => {
    const number = fc.double({ min: 0.01, max: 300, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(number, number, number), fc.tuple(number, number, number), (mean, std) => {
        const measured = affine(mean, std);
        if (measured === "nothing") return std.every((s, c) => Math.abs(s - 1) < 2e-3 && mean[c] < 2e-3);
        assert.ok(typeof measured === "object");
        // float32 on the way
        return std.every((s, c) => Math.abs(measured.std[c] / s - 1) < 0.02);
      }),
    );
  });

  it("says nothing of pictures that arrive as they were, and does not mind their channels turned round", () => {
    assert.equal(measureNormalisation(reached((pixel) => pixel)), "nothing");
    assert.equal(measureNormalisation(reached(([r, g, b]) => [b, g, r])), "nothing");
    const turned = measureNormalisation(
      reached((pixel) => pixel.map((level, c) => (level - imagenet.mean[c]) / imagenet.std[c]).toReversed()),
    );
    assert.ok(typeof turned === "object");
    assert.deepEqual([turned.range, turned.blueFirst], ["0 to 1", false]);
    assert.ok(Math.abs(turned.mean[0] - 0.485) < 1e-6);
  });

  it("tells means of blue, green and red", () => {
    for (const factor of [1, 255]) {
      const measured = affine(times(imagenet.mean.toReversed(), factor), times(imagenet.std, factor));
      assert.ok(typeof measured === "object" && measured.blueFirst);
    }
    const even = affine(three(0.45), three(0.225));
    assert.ok(typeof even === "object" && !even.blueFirst);
  });

  it("reads a picture that is taken apart, as long as each of its parts is one channel", () => {
    const parts = measureNormalisation(reached((pixel) => [...pixel, ...pixel].map((level) => (level - 0.5) * 2)));
    assert.ok(typeof parts === "object");
    assert.equal(parts.range, "0 to 1");
  });

  it("does not claim to know what mixes channels, bends levels, differs from part to part, or drops a channel", () => {
    const cases: ((pixel: Triple) => readonly number[])[] = [
      ([r, g, b]) => [r + g, g, b],
      (pixel) => pixel.map((level) => level ** 2.2),
      (pixel) => [...pixel, ...pixel.map((level) => level * 2)],
      ([r, g]) => [r, g, g],
      ([r, g, b]) => [(r + g + b) / 3, (r + g + b) / 3, (r + g + b) / 3],
      () => [1, 1, 1],
      ([r, g]) => [r, g],
    ];
    for (const change of cases) assert.equal(measureNormalisation(reached(change)), "unknown");
    const odd = affine(three(12), three(5));
    assert.ok(typeof odd === "object");
    assert.equal(odd.range, undefined);
  });
});

describe("firstLayerInput", () => {
  const outputs = (g: Parameters<typeof pooled>[0], map: string) =>
    g.output("vector", pooled(g, map), "float32", ["n", mapChannels]);
  const first = (before?: Parameters<typeof backboneFile>[0]["before"]) =>
    firstLayerInput(
      new GraphIndex(readOnnxGraph(backboneFile({ ...(before ? { before } : {}), outputs }), "m.onnx")),
      "input",
    );

  it("is undefined where the first convolution takes the input itself", () => {
    assert.equal(first(), undefined);
  });

  it("finds what the convolution takes through any operators, the nearest one first", () => {
    const value = first((g, x) => g.op("Sub", [g.op("Mul", [x, g.scalar(2)]), g.scalar(1)]));
    assert.match(value ?? "", /^Sub_/);
    const branched = first((g, x) => {
      g.op("Conv", [g.op("Relu", [g.op("Relu", [x])]), weights(g, "w", [3, 3, 1, 1])]);
      return g.op("Neg", [x]);
    });
    assert.match(branched ?? "", /^Neg_/);
  });

  it("stops at a step into 8 bits", () => {
    const whole = first((g, x) => {
      const zero = g.initializer("zero", "uint8", [], new Uint8Array(1));
      return g.op("DequantizeLinear", [g.op("QuantizeLinear", [x, g.scalar(0.02), zero]), g.scalar(0.02), zero]);
    });
    assert.equal(whole, undefined);
  });
});

describe("plainPixels", () => {
  it("fills each channel of each plain picture with its level", () => {
    const pixels = plainPixels(2, 3);
    assert.equal(pixels.length, 5 * 3 * 6);
    assert.deepEqual(
      [...pixels.subarray(4 * 18, 5 * 18)],
      [...new Array(6).fill(0.25), ...new Array(6).fill(0.5), ...new Array(6).fill(0.75)],
    );
  });
});
