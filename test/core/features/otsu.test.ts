import assert from "node:assert/strict";
import fc from "fast-check";
import { otsuThreshold } from "#dist/core/features/otsu.js";

const unit = fc.float({ min: 0, max: 1, noNaN: true });

/** The variance between the groups below and above a threshold, straight from its definition. */
function between(values: ArrayLike<number>, threshold: number): number {
  const all = Array.from(values);
  const mean = (list: number[]) => list.reduce((sum, v) => sum + v, 0) / list.length;
  return [all.filter((v) => v <= threshold), all.filter((v) => v > threshold)]
    .filter((group) => group.length > 0)
    .reduce((sum, group) => sum + (group.length / all.length) * (mean(group) - mean(all)) ** 2, 0);
}

describe("otsuThreshold(values)", () => {
  it("lies midway between two clusters", () => {
    assert.equal(otsuThreshold(Float32Array.of(0, 0.125, 0.75, 1, 0.125)), (0.125 + 0.75) / 2);
  });

  it("leaves no threshold with more variance between the groups", () => {
    fc.assert(
      fc.property(fc.array(unit, { minLength: 2, maxLength: 40 }), (list) => {
        const values = Float32Array.from(list);
        fc.pre(new Set(values).size > 1);
        const best = between(values, otsuThreshold(values));
        for (const v of values) assert.ok(between(values, v) <= best * (1 + 1e-9) + 1e-15);
      }),
    );
  });

  it("parts the same groups when the values are turned around", () => {
    const values = Float32Array.from({ length: 501 }, (_, i) => Math.round(512 * Math.sin(i) ** 4 * (i % 3)) / 1024);
    const turned = values.map((v) => 1 - v);
    assert.equal(otsuThreshold(turned), 1 - otsuThreshold(values));
  });

  it("does not depend on the order, and leaves the values as they were", () => {
    const values = Float32Array.of(0.9, 0.1, 0.8, 0.2);
    const threshold = otsuThreshold(values);
    assert.deepEqual(values, Float32Array.of(0.9, 0.1, 0.8, 0.2));
    assert.equal(otsuThreshold(values.slice().sort()), threshold);
  });

  it("rejects no values, equal values and NaN", () => {
    assert.throws(() => otsuThreshold(new Float32Array(0)), { name: "ArgumentError" });
    assert.throws(() => otsuThreshold(new Float32Array(5).fill(0.3)), { name: "DegenerateDataError" });
    assert.throws(() => otsuThreshold(Float32Array.of(1, 2, Number.NaN)), { name: "NotFiniteError", row: 2 });
  });
});
