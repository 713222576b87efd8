import assert from "node:assert/strict";
import fc from "fast-check";
import { type PatchMap, patchMap } from "#dist/core/features/patch-map.js";
import { type Patches, stackPatches } from "#dist/core/numeric/matrix.js";
import { type LiveMap, mapAt } from "#dist/widgets/live-map.js";
import { packMatrix } from "#dist/widgets/packed.js";
import { unpack } from "../../src/widgets/page/decode.js";
import { shoePatches } from "./results.js";

function liveMap(map: PatchMap, patches?: readonly Patches[]): LiveMap {
  const join = (part: "first" | "scores"): Float32Array => Float32Array.from(map.maps.flatMap((m) => [...m[part]]));
  const bytes = (part: "mask" | "rgb"): Uint8Array => Uint8Array.from(map.maps.flatMap((m) => [...m[part]]));
  return {
    threshold: map.threshold,
    first: join("first"),
    scores: join("scores"),
    mask: bytes("mask"),
    rgb: bytes("rgb"),
    colours: map.recipe.options.colours,
    ...(patches ? { tokens: stackPatches(patches) } : {}),
  };
}

describe("mapAt(map, threshold)", () => {
  let patches: Patches[];
  let map: PatchMap;
  before(async () => {
    patches = await shoePatches();
    map = await patchMap(patches);
  });

  it("is the map itself at the map's own threshold", () => {
    const live = liveMap(map);
    const { mask, rgb, share } = mapAt(live, map.threshold);
    assert.deepEqual([mask, rgb], [live.mask, live.rgb]);
    assert.ok(Math.abs(share - map.foregroundShare) < 1e-9);
  });

  it("paints what patchMap paints at another threshold, up to the components' signs", async () => {
    for (const threshold of [map.threshold - 0.15, map.threshold + 0.1]) {
      const foreground = map.recipe.flipped ? "low" : "high";
      const other = await patchMap(patches, { threshold, foreground });
      const { mask, rgb } = mapAt(liveMap(map, patches), threshold);
      const expected = liveMap(other);
      assert.deepEqual(mask, expected.mask);
      for (let channel = 0; channel < 3; channel++) {
        const differences = [(v: number) => v, (v: number) => 255 - v].map((turn) =>
          rgb.reduce(
            (most, v, i) =>
              i % 3 === channel && mask[Math.floor(i / 3)] ? Math.max(most, Math.abs(v - turn(expected.rgb[i]))) : most,
            0,
          ),
        );
        assert.ok(Math.min(...differences) <= 2, `channel ${channel} is off by ${differences}`);
      }
    }
  });

  it("has the less foreground the higher the threshold", () => {
    const live = liveMap(map, patches);
    const threshold = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(threshold, threshold, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        return mapAt(live, low).share >= mapAt(live, high).share;
      }),
      { numRuns: 20 },
    );
  });

  it("leaves patches that have no scores grey when the patches are not there", () => {
    const live = liveMap(map);
    const { mask, rgb } = mapAt(live, map.threshold - 0.2);
    const fresh = [...mask.keys()].filter((i) => mask[i] && !live.mask[i]);
    assert.ok(fresh.length > 0);
    for (const i of fresh) assert.deepEqual([...rgb.subarray(3 * i, 3 * i + 3)], [140, 140, 140]);
  });

  it("works down to no foreground at all", () => {
    for (const live of [liveMap(map), liveMap(map, patches)]) {
      const { share, rgb } = mapAt(live, 1);
      assert.equal(share, 0);
      assert.ok(rgb.every((v) => v === 0));
    }
  });
});

describe("packMatrix(data, cols)", () => {
  it("loses at most half a step of a column's range", () => {
    const column = fc.array(fc.float({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(column, fc.integer({ min: 1, max: 4 }), (values, cols) => {
        const data = Float32Array.from(values.slice(0, values.length - (values.length % cols)));
        const packed = packMatrix(data, cols);
        unpack(packed).forEach((value, i) => {
          const width = packed.high[i % cols] - packed.low[i % cols];
          assert.ok(Math.abs(value - data[i]) <= width / 131070 + 1e-4, `${value} for ${data[i]}`);
        });
      }),
    );
  });
});
