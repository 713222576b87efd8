import assert from "node:assert/strict";
import fc from "fast-check";
import { borderShare, maskAbove, scaleToUnit, separate } from "#dist/core/features/foreground.js";
import { unitHistogram } from "#dist/core/features/histogram.js";
import { seededRandom } from "#dist/core/numeric/random.js";

const grid = { rows: 6, cols: 6 };
/** a square of 2 x 2 in the middle of the grid, at the given score, in noise around 0 */
function square(score: number, seed = 1): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: 36 }, (_, i) => {
    const [r, c] = [Math.floor(i / 6), i % 6];
    return (r === 2 || r === 3) && (c === 2 || c === 3) ? score + random() : random();
  });
}
const inSquare = maskAbove(square(10), 5);

describe("separate(scores, grids, threshold, foreground)", () => {
  it("takes the side that touches the borders less, whether its scores are high or low", () => {
    for (const score of [10, -10])
      for (const threshold of ["otsu", 0.35, 0.5] as const) {
        const { mask, flipped, first, threshold: at } = separate(square(score), [grid], threshold, "border");
        assert.deepEqual(mask, inSquare);
        assert.equal(flipped, score < 0);
        assert.deepEqual(mask, maskAbove(first, at));
      }
  });

  it("changes nothing but `flipped` under the rule border when all scores turn their signs", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.constantFrom("otsu" as const, "zero" as const, 0.2, 0.35, 0.7),
        (seed, threshold) => {
          const random = seededRandom(seed);
          const scores = Float32Array.from({ length: 49 + 12 }, () => random() ** 3 - 0.25);
          const grids = [
            { rows: 7, cols: 7 },
            { rows: 3, cols: 4 },
          ];
          const [a, b] = [scores, scores.map((s) => -s)].map((s) => separate(s, grids, threshold, "border"));
          assert.deepEqual({ ...b, flipped: a.flipped }, a);
          assert.equal(b.flipped, !a.flipped);
        },
      ),
    );
  });

  it("takes the high or the low side as told", () => {
    assert.deepEqual(separate(square(10), [grid], "otsu", "high").mask, inSquare);
    assert.deepEqual(
      separate(square(10), [grid], "otsu", "low").mask,
      inSquare.map((m) => 1 - m),
    );
  });

  it("scales `first` so that both ends are reached", () => {
    const { first } = separate(square(-10), [grid], "otsu", "border");
    assert.equal(Math.min(...first), 0);
    assert.equal(Math.max(...first), 1);
  });

  it("puts the threshold zero at the place of score 0, on either side", () => {
    const scores = Float32Array.of(-1, -0.5, 0.5, 3);
    const grids = [{ rows: 2, cols: 2 }];
    assert.equal(separate(scores, grids, "zero", "high").threshold, 0.25);
    assert.equal(separate(scores, grids, "zero", "low").threshold, 0.75);
    assert.deepEqual([...separate(scores, grids, "zero", "low").mask], [1, 1, 0, 0]);
  });

  it("takes the smaller side where every patch is on a border", () => {
    const scores = Float32Array.of(5, 5, 5, 0);
    assert.deepEqual([...separate(scores, [{ rows: 2, cols: 2 }], "otsu", "border").mask], [0, 0, 0, 1]);
  });

  it("rejects thresholds outside 0..1 and unknown rules", () => {
    for (const threshold of [-0.1, 1.1, Number.NaN, "median"])
      assert.throws(() => separate(square(1), [grid], threshold as number, "border"), {
        name: "ArgumentError",
        argument: "threshold",
      });
    assert.throws(() => separate(square(1), [grid], "otsu", "middle" as "high"), { argument: "foreground" });
  });
});

describe("scaleToUnit(scores, range)", () => {
  it("cuts scores outside the range", () => {
    assert.deepEqual([...scaleToUnit(Float32Array.of(-1, 0, 1, 5), { low: 0, high: 4 })], [0, 0, 0.25, 1]);
    assert.deepEqual([...scaleToUnit(Float32Array.of(-1, 0, 1, 5), { low: 0, high: 4 }, true)], [1, 1, 0.75, 0]);
  });
});

describe("borderShare(mask, grids)", () => {
  it("counts the borders of each image by itself", () => {
    const mask = Uint8Array.of(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
    assert.equal(
      borderShare(mask, [
        { rows: 3, cols: 3 },
        { rows: 1, cols: 2 },
      ]),
      10 / 11,
    );
  });

  it("is 1 for an empty mask", () => {
    assert.equal(borderShare(new Uint8Array(9), [{ rows: 3, cols: 3 }]), 1);
  });
});

describe("unitHistogram(values)", () => {
  it("counts every value once, also those on borders and outside", () => {
    const { edges, counts } = unitHistogram(Float32Array.of(0, 0.25, 0.3, 1, -2, 7), 4);
    assert.deepEqual([...edges], [0, 0.25, 0.5, 0.75, 1]);
    assert.deepEqual([...counts], [2, 2, 0, 2]);
  });
});
