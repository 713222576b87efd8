import assert from "node:assert/strict";
import { type ColourRule, fitColours, paint } from "#dist/core/features/colours.js";
import { normalMatrix } from "../../support/samples.js";

const patches = 400;
const scores = normalMatrix(patches, 3, 2, { deviation: (c) => [4, 2, 1][c] }).data;
const all = new Uint8Array(patches).fill(1);
const rules: ColourRule[] = [{ rule: "minmax" }, { rule: "sigmoid" }];

describe("fitColours and paint", () => {
  it("stretch each component from 0 to 255 between its percentiles", () => {
    const ramp = Float32Array.from({ length: 303 }, (_, i) => Math.floor(i / 3) * (1 + (i % 3)));
    const mask = new Uint8Array(101).fill(1);
    const scale = fitColours(ramp, mask, { rule: "minmax", percentiles: [10, 90] });
    assert.deepEqual(scale, { rule: "minmax", low: [10, 20, 30], high: [90, 180, 270] });
    const rgb = paint(ramp, mask, scale);
    assert.deepEqual([...rgb.subarray(0, 3)], [0, 0, 0]);
    assert.deepEqual([...rgb.subarray(150, 153)], [128, 128, 128]);
    assert.deepEqual([...rgb.subarray(300)], [255, 255, 255]);
  });

  it("map a score of twice the deviation through the sigmoid of 4", () => {
    const scale = { rule: "sigmoid" as const, deviation: [4, 2, 1] };
    const expected = Math.round(255 / (1 + Math.exp(-4)));
    assert.deepEqual([...paint(Float32Array.of(8, 4, 2), Uint8Array.of(1), scale)], [expected, expected, expected]);
    assert.deepEqual([...paint(Float32Array.of(0, 0, 0), Uint8Array.of(1), scale)], [128, 128, 128]);
  });

  it("leave the background black and out of the fit", () => {
    const mask = all.map((_, i) => i % 2);
    const extreme = scores.map((s, i) => (Math.floor(i / 3) % 2 === 0 ? 1e6 : s));
    for (const rule of rules) {
      assert.deepEqual(fitColours(extreme, mask, rule), fitColours(scores, mask, rule));
      const rgb = paint(scores, mask, fitColours(scores, mask, rule));
      assert.ok(rgb.every((v, i) => Math.floor(i / 3) % 2 === 1 || v === 0));
    }
  });

  it("give the same colours to scores that are a thousand times as large", () => {
    const large = scores.map((s) => s * 1024);
    for (const rule of rules)
      assert.deepEqual(
        paint(large, all, fitColours(large, all, rule)),
        paint(scores, all, fitColours(scores, all, rule)),
      );
  });

  it("show a component that only holds rounding as mid-grey", () => {
    const flat = scores.map((s, i) => (i % 3 === 2 ? s * 1e-7 : s));
    for (const rule of rules) {
      const rgb = paint(flat, all, fitColours(flat, all, rule));
      assert.ok(rgb.every((v, i) => i % 3 !== 2 || v === 128));
      assert.ok(rgb.some((v, i) => i % 3 === 0 && v > 200));
    }
  });

  it("reject unknown rules and percentiles that are out of order", () => {
    assert.throws(() => fitColours(scores, all, { rule: "rainbow" } as unknown as ColourRule), {
      name: "ArgumentError",
    });
    for (const percentiles of [
      [90, 10],
      [-1, 99],
      [1, 101],
      [Number.NaN, 50],
    ] as const)
      assert.throws(() => fitColours(scores, all, { rule: "minmax", percentiles }), { name: "ArgumentError" });
  });
});
