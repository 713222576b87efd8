import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { ArgumentError, ShapeError } from "#dist/core/errors.js";
import { binomialQuantile } from "#dist/core/evaluate/binomial-quantile.js";
import { accuracyInterval } from "#dist/core/evaluate/bootstrap.js";
import { wilsonInterval } from "#dist/core/evaluate/wilson.js";
import { seededRandom } from "#dist/core/numeric/random.js";
import { fixture } from "../../support/fixtures.js";

const expected = JSON.parse(readFileSync(fixture("numeric/evaluation.json"), "utf8"));
const right = expected.labels.map((label: number, row: number) => {
  const own: number[] = expected.probabilities.slice(row * 5, row * 5 + 5);
  return own.indexOf(Math.max(...own)) === label;
});
const repeated = Array.from({ length: 240 }, (_, row) => Math.floor(row / 3));

describe("accuracyInterval(right)", () => {
  it("is where the quantiles of NumPy's 200,000 draws are, to one row", () => {
    for (const level of [0.8, 0.95]) {
      const { value, low, high } = accuracyInterval(right, { level });
      const [from, to] = expected.bootstrap[level];
      assert.equal(value, expected.accuracy);
      assert.ok(Math.abs(low - from) <= 1.001 / 240 && Math.abs(high - to) <= 1.001 / 240, `${low} to ${high}`);
    }
  });

  it("draws groups whole, as NumPy's draws of the same groups do, to two rows", () => {
    const [from, to] = expected.cluster_bootstrap;
    for (const seed of [0, 1, 2]) {
      const { low, high } = accuracyInterval(right, { groups: repeated, resamples: 20_000, seed });
      assert.ok(Math.abs(low - from) <= 2 / 240 && Math.abs(high - to) <= 2 / 240, `${low} to ${high}`);
    }
  });

  it("grows by the square root of the copies where every row is there several times, and does not shrink", () => {
    const random = seededRandom(5);
    const once = Array.from({ length: 400 }, () => random() < 0.7);
    const copied = once.flatMap((one) => [one, one, one, one]);
    const groups = copied.map((_, row) => Math.floor(row / 4));
    const width = ({ low, high }: { low: number; high: number }) => high - low;
    const honest = width(accuracyInterval(copied, { groups, resamples: 4000 }));
    assert.ok(Math.abs(honest / width(accuracyInterval(once)) - 1) < 0.1);
    assert.ok(Math.abs(honest / width(accuracyInterval(copied)) - 2) < 0.2);
  });

  it("holds the accuracy, lies within 0 and 1, and is wider for a higher level", () => {
    const rows = fc.array(fc.tuple(fc.boolean(), fc.nat(5)), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(rows, fc.boolean(), fc.integer(), (list, grouped, seed) => {
        const correct = list.map(([one]) => one);
        const options = { seed, resamples: 200, ...(grouped ? { groups: list.map(([, group]) => group) } : {}) };
        const narrow = accuracyInterval(correct, { ...options, level: 0.5 });
        const wide = accuracyInterval(correct, options);
        assert.equal(wide.value, correct.filter(Boolean).length / list.length);
        assert.ok(0 <= wide.low && wide.low <= narrow.low && narrow.low <= wide.value);
        assert.ok(1 >= wide.high && wide.high >= narrow.high && narrow.high >= wide.value);
      }),
    );
  });

  it("never claims to know an accuracy exactly: all right, all wrong or one group give Wilson's interval", () => {
    assert.deepEqual(accuracyInterval(new Array(50).fill(1)), wilsonInterval(1, 50));
    assert.deepEqual(accuracyInterval(new Array(5).fill(false)), wilsonInterval(0, 5));
    assert.deepEqual(accuracyInterval([1, 1, 1, 1], { groups: [0, 0, 1, 1] }), wilsonInterval(1, 2));
    assert.deepEqual(accuracyInterval([1, 0, 1, 1], { groups: [9, 9, 9, 9] }), wilsonInterval(0.75, 1));
    assert.ok(accuracyInterval([1]).low < 0.3);
  });

  it("gives the same bytes for the same seed", () => {
    const draw = (seed: number) => accuracyInterval(right, { groups: repeated, resamples: 50, seed });
    assert.deepEqual(draw(3), draw(3));
    assert.notDeepEqual(draw(3), draw(4));
  });

  it("refuses no rows, groups of other rows, and levels, numbers and seeds that are none", () => {
    assert.throws(() => accuracyInterval([]), ShapeError);
    assert.throws(() => accuracyInterval([1, 0], { groups: [0] }), ShapeError);
    for (const level of [0, 1, Number.NaN]) assert.throws(() => accuracyInterval([1, 0], { level }), ArgumentError);
    assert.throws(() => accuracyInterval([1, 0], { resamples: 0 }), ArgumentError);
    assert.throws(() => accuracyInterval([1, 0], { seed: 1.5 }), ArgumentError);
  });
});

describe("wilsonInterval(share, count)", () => {
  it("is SciPy's, at three levels", () => {
    for (const [right, count, level, low, high] of expected.wilson) {
      const found = wilsonInterval(right / count, count, level);
      assert.ok(Math.abs(found.low - low) < 1e-9 && Math.abs(found.high - high) < 1e-9);
      assert.ok(found.low <= found.value && found.value <= found.high);
    }
  });

  it("refuses shares and counts that are none", () => {
    assert.throws(() => wilsonInterval(1.1, 5), ArgumentError);
    assert.throws(() => wilsonInterval(0.5, 0), ArgumentError);
  });
});

describe("binomialQuantile(probability, trials, chance)", () => {
  it("is SciPy's, up to 5,000 trials and a chance of 0.993", () => {
    for (const [probability, trials, chance, wanted] of expected.binomial_quantiles)
      assert.equal(binomialQuantile(probability, trials, chance), wanted);
  });
});
