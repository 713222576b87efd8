import assert from "node:assert/strict";
import fc from "fast-check";
import { fitCurve } from "#dist/core/projection/curve.js";

function error(a: number, b: number, minDist: number, spread: number): number {
  let sum = 0;
  for (let i = 0; i < 300; i++) {
    const d = (3 * spread * i) / 299;
    const target = d < minDist ? 1 : Math.exp(-(d - minDist) / spread);
    sum += (target - 1 / (1 + a * d ** (2 * b))) ** 2;
  }
  return sum;
}

describe("fitCurve", () => {
  it("gives the a and b that umap-learn fits for its defaults", () => {
    const { a, b } = fitCurve(0.1, 1);
    assert.ok(Math.abs(a - 1.5769) < 1e-4 && Math.abs(b - 0.8951) < 1e-4, `a ${a}, b ${b}`);
  });

  it("fits no worse than any curve nearby", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.05, max: 20, noNaN: true }),
        (share, spread) => {
          const minDist = share * spread;
          const { a, b } = fitCurve(minDist, spread);
          const best = error(a, b, minDist, spread);
          for (const [da, db] of [
            [1.01, 1],
            [0.99, 1],
            [1, 1.01],
            [1, 0.99],
            [1.01, 1.01],
            [0.99, 0.99],
          ])
            assert.ok(error(a * da, b * db, minDist, spread) >= best, `a ${a}, b ${b}`);
        },
      ),
    );
  });

  it("depends on the ratio of minDist and spread alone, but for the scale of a", () => {
    const one = fitCurve(0.1, 1);
    const ten = fitCurve(1, 10);
    assert.ok(Math.abs(one.b - ten.b) < 1e-5);
    assert.ok(Math.abs(one.a / 10 ** (2 * one.b) - ten.a) < 1e-5);
  });
});
