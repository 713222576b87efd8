import assert from "node:assert/strict";
import fc from "fast-check";
import { uncrowded } from "#dist/widgets/placement.js";
import { towards } from "../../src/widgets/page/nearest-point.js";

const points = fc.array(fc.tuple(fc.double({ min: -20, max: 120 }), fc.double({ min: -20, max: 120 })), {
  maxLength: 80,
});

describe("uncrowded(xs, ys, side)", () => {
  it("keeps squares that do not touch, and every point inside that would touch none", () => {
    fc.assert(
      fc.property(points, (list) => {
        const kept = uncrowded(
          list.map(([x]) => x),
          list.map(([, y]) => y),
          12,
          100,
          100,
        );
        const apart = (i: number, j: number): boolean =>
          Math.abs(list[i][0] - list[j][0]) >= 12 || Math.abs(list[i][1] - list[j][1]) >= 12;
        for (const i of kept) for (const j of kept) assert.ok(i === j || apart(i, j));
        const inside = list.flatMap((point, i) => (point.every((v) => v >= 6 && v <= 94) ? [i] : []));
        for (const i of inside) assert.ok(kept.includes(i) || kept.some((j) => !apart(i, j)));
        assert.ok(kept.every((i) => inside.includes(i)));
      }),
    );
  });
});

describe("towards(points, from, direction)", () => {
  const square = Float32Array.of(0, 0, 1, 0, 0, 1, 1, 1, 5, 0.1);
  const all = (): boolean => true;

  it("goes to the neighbour in that direction and stays at the border", () => {
    assert.equal(towards(square, 0, [1, 0], all), 1);
    assert.equal(towards(square, 0, [0, 1], all), 2);
    assert.equal(towards(square, 1, [1, 0], all), 4);
    assert.equal(towards(square, 4, [1, 0], all), 4);
  });

  it("starts at the first visible point and passes over hidden ones", () => {
    assert.equal(
      towards(square, undefined, [1, 0], (i) => i > 1),
      2,
    );
    assert.equal(
      towards(square, 0, [1, 0], (i) => i !== 1 && i !== 3),
      4,
    );
  });
});
