import assert from "node:assert/strict";
import fc from "fast-check";
import { ArgumentError } from "#dist/core/errors.js";
import { regionPatches } from "#dist/core/features/region.js";

/** 4 x 6 patches over the middle 60 x 40 pixels of a picture of 100 x 40: each has 10 x 10. */
const patches = {
  rows: 4,
  cols: 6,
  picture: { name: "a.jpg", width: 100, height: 40, view: { left: 20, top: 0, width: 60, height: 40 } },
};

function places(region: Parameters<typeof regionPatches>[1], of: Parameters<typeof regionPatches>[0] = patches) {
  const covered = regionPatches(of, region);
  return [...covered.keys()].filter((i) => covered[i]).map((i) => [Math.floor(i / of.cols), i % of.cols]);
}

describe("regionPatches(patches, region)", () => {
  it("counts the patches whose centre lies inside the box, in pixels of the picture", () => {
    assert.deepEqual(places({ left: 30, top: 10, width: 20, height: 10 }), [
      [1, 1],
      [1, 2],
    ]);
    assert.deepEqual(places({ left: 35, top: 14, width: 10, height: 2 }), [[1, 1]]);
    assert.equal(places({ left: 0, top: 0, width: 100, height: 40 }).length, 24);
  });

  it("takes the patch around the middle of a box that holds no centre", () => {
    assert.deepEqual(places({ left: 46, top: 21, width: 3, height: 3 }), [[2, 2]]);
    assert.deepEqual(places({ left: 79.5, top: 39.5, width: 0.5, height: 0.5 }), [[3, 5]]);
    assert.deepEqual(places({ left: 30, top: 16, width: 20, height: 2 }), [
      [1, 1],
      [1, 2],
    ]);
  });

  it("cuts a box at the picture's borders and at those of what the model saw", () => {
    assert.deepEqual(places({ left: 10, top: -50, width: 20, height: 60 }), [[0, 0]]);
    const letterbox = {
      ...patches,
      picture: { ...patches.picture, view: { left: 0, top: -30, width: 100, height: 100 } },
    };
    assert.deepEqual(
      places({ left: -100, top: -100, width: 300, height: 300 }, letterbox).map(([row]) => row),
      Array.from({ length: 12 }, (_, i) => 1 + Math.floor(i / 6)),
    );
  });

  it("covers every patch exactly once where boxes tile the view, whatever the grid", () => {
    const side = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(side, side, fc.integer({ min: 20, max: 80 }), (rows, cols, cut) => {
        const of = { ...patches, rows, cols };
        const boxes = [
          { left: 0, top: 0, width: cut, height: 40 },
          { left: cut, top: 0, width: 100 - cut, height: 40 },
        ].filter((box) => box.left < 80 && box.left + box.width > 20);
        const [left, right = new Uint8Array(rows * cols)] = boxes.map((box) => regionPatches(of, box));
        // a box without any centre borrows one from its neighbour
        const twice = left.filter((inside, i) => inside && right[i]).length;
        assert.ok(left.every((inside, i) => inside || right[i]));
        assert.ok(twice === 0 || twice === rows);
      }),
    );
  });

  it("refuses an empty box and one outside, with the picture's name and size, and patches without a picture", () => {
    const refused = (region: unknown, message: RegExp): void => {
      assert.throws(
        () => regionPatches(patches, region as never),
        (error: Error) => error instanceof ArgumentError && error.argument === "region" && message.test(error.message),
      );
    };
    for (const box of [
      { left: 5, top: 5, width: 0, height: 5 },
      { left: 5, top: 5, width: 5, height: -1 },
      { left: Number.NaN, top: 5, width: 5, height: 5 },
      { left: 5, top: 5, width: Infinity, height: 5 },
      { left: 5, top: 5 },
      undefined,
    ])
      refused(box, /is empty: give a box in the 100 x 40 pixels of a\.jpg/);
    refused(
      { left: 100, top: 0, width: 5, height: 5 },
      /5 x 5 pixels at \(100, 0\) lies outside a\.jpg, which has 100 x 40/,
    );
    refused({ left: 2, top: 0, width: 18, height: 5 }, /outside what the model saw of the 100 x 40 pixels of a\.jpg/);
    const { picture: _, ...bare } = patches;
    assert.throws(() => regionPatches(bare, { left: 0, top: 0, width: 1, height: 1 }), {
      name: "ArgumentError",
      argument: "patches",
    });
  });
});
