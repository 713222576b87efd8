import assert from "node:assert/strict";
import { type PixelFinding, pixelDifference, pixelTolerance } from "#dist/core/compare/pixel-difference.js";
import type { PreparedPicture } from "#dist/core/image/preprocess.js";
import { imagenetTransform, type Transform } from "#dist/core/image/transform.js";
import { seededRandom } from "#dist/core/numeric/random.js";

const side = 16;

/** Models that are shown normalised numbers, levels from 0 to 1, and levels as they are. */
const transforms: Readonly<Record<string, Transform>> = {
  "as ImageNet": imagenetTransform,
  "from 0 to 1": { ...imagenetTransform, mean: [0, 0, 0], std: [1, 1, 1] },
  "from 0 to 255": { ...imagenetTransform, rescale: 1, mean: [0, 0, 0], std: [1, 1, 1] },
};

/** One picture of any colours, with its levels changed. */
function found(transform: Transform, change: (level: number) => number): PixelFinding {
  const random = seededRandom(1);
  const levels = Float32Array.from({ length: 3 * side * side }, () => Math.floor(256 * random()));
  const shown = (level: number, i: number): number => {
    const c = Math.floor(i / side ** 2);
    return (level * transform.rescale - transform.mean[c]) / transform.std[c];
  };
  const expected = { data: levels.map(shown), height: side, width: side, picture: { name: "a.jpg" } };
  const given = { data: levels.map((level, i) => shown(change(level), i)), dims: [1, 3, side, side] as const };
  return pixelDifference([expected as unknown as PreparedPicture], given as never, transform);
}

describe("pixelDifference(expected, given, transform)", () => {
  for (const [name, transform] of Object.entries(transforms))
    it(`lets 2 levels of 255 pass and not 5, for a model that is shown numbers ${name}`, () => {
      const tolerance = pixelTolerance(transform);
      assert.ok(found(transform, (level) => level + 2).difference <= tolerance);
      const farther = found(transform, (level) => level + 5);
      assert.ok(farther.difference > tolerance);
      assert.equal(farther.mistake, undefined);
    });

  it("calls nothing a doubled normalisation for a model that normalises itself", () => {
    assert.equal(found(transforms["from 0 to 255"], (level) => level / 255).mistake, "they were divided by 255 twice");
    assert.equal(found(transforms["from 0 to 255"], (level) => 255 - level).mistake, undefined);
  });
});
