import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { resampleColumns, resampleRows, type Tile, taps } from "#dist/core/image/resample.js";
import { columnsBySimd, rowsBySimd } from "#dist/core/image/resample-simd.js";
import { projectFile } from "../../support/fixtures.js";

/** What Pillow's fixed point says, one number after the other. */
function slowly(input: Tile, output: Tile, across: boolean, t: ReturnType<typeof taps>): Uint8Array {
  const result = new Uint8Array(output.data.length);
  for (let y = 0; y < output.height; y++)
    for (let x = 0; x < output.width; x++)
      for (let c = 0; c < 3; c++) {
        const i = across ? x : y;
        let sum = 1 << 21;
        for (let k = 0; k < t.count[i]; k++) {
          const column = across ? t.first[i] + k - input.left : x + output.left - input.left;
          const row = across ? y + output.top - input.top : t.first[i] + k - input.top;
          sum = (sum + Math.imul(input.data[(row * input.width + column) * 3 + c], t.weights[i * t.stride + k])) | 0;
        }
        result[(y * output.width + x) * 3 + c] = Math.max(0, Math.min(255, sum >> 22));
      }
  return result;
}

const sizes = { from: fc.integer({ min: 1, max: 90 }), to: fc.integer({ min: 1, max: 70 }) };
const passes = fc.record({
  ...sizes,
  other: fc.integer({ min: 1, max: 24 }),
  interpolation: fc.constantFrom("bilinear" as const, "bicubic" as const),
  start: fc.double({ min: 0, max: 1, noNaN: true }),
  seed: fc.integer(),
});

function noise(length: number, seed: number): Uint8Array {
  // extremes make the sums overshoot, which clipping must catch
  return Uint8Array.from({ length }, (_, i) => {
    const x = (Math.imul(i + 1, 2654435761) ^ seed) >>> 0;
    return x % 3 === 0 ? 0 : x % 3 === 1 ? 255 : x >>> 24;
  });
}

describe("the resampling passes", () => {
  it("are the fixed-point sums, for any sizes and windows, in whichever way they are computed", () => {
    fc.assert(
      fc.property(passes, ({ from, to, other, interpolation, start, seed }) => {
        const first = Math.min(to - 1, Math.floor(start * to));
        const t = taps(from, to, first, to, interpolation);
        const wide: Tile = { left: 0, top: 0, width: from, height: other, data: noise(from * other * 3, seed) };
        const across: Tile = {
          left: first,
          top: 0,
          width: to - first,
          height: other,
          data: new Uint8Array((to - first) * other * 3),
        };
        const expectedAcross = slowly(wide, across, true, t);
        resampleRows(wide, across, t, 0, other);
        assert.deepEqual(across.data, expectedAcross);

        const high: Tile = { left: 0, top: 0, width: other, height: from, data: noise(from * other * 3, ~seed) };
        const down: Tile = {
          left: 0,
          top: first,
          width: other,
          height: to - first,
          data: new Uint8Array((to - first) * other * 3),
        };
        const expectedDown = slowly(high, down, false, t);
        resampleColumns(high, down, t, 0, to - first);
        assert.deepEqual(down.data, expectedDown);
      }),
      { numRuns: 200 },
    );
  });

  it("leave bands that would need too much memory to the plain way, which gives the same bytes", () => {
    const width = 6_000_000;
    const input: Tile = { left: 0, top: 0, width, height: 1, data: noise(width * 3, 1) };
    const output: Tile = { left: 0, top: 0, width: 40, height: 1, data: new Uint8Array(120) };
    const t = taps(width, 40, 0, 40, "bilinear");
    assert.equal(rowsBySimd(input, output, t, 0, 1), false);
    assert.equal(columnsBySimd(input, { ...output, width }, taps(1, 1, 0, 1, "bilinear"), 0, 1), false);
    const expected = slowly(input, output, true, t);
    resampleRows(input, output, t, 0, 1);
    assert.deepEqual(output.data, expected);
  });

  it("do without WebAssembly where there is none, as with --jitless", async () => {
    const script = `import { resize } from "#dist/core/image/resize.js";
      const data = Uint8Array.from({ length: 30 * 20 * 3 }, (_, i) => (i * 37) % 256);
      const { data: out } = await resize({ data, width: 30, height: 20 }, { width: 11, height: 7 });
      console.log(typeof WebAssembly, Buffer.from(out).toString("hex"));`;
    const run = (...flags: string[]) =>
      execFileSync(process.execPath, [...flags, "--input-type=module", "-e", script], {
        cwd: projectFile("."),
        encoding: "utf8",
      }).split(" ");
    const [[has, bytes], [none, same]] = [run(), run("--jitless")];
    assert.deepEqual([has, none], ["object", "undefined"]);
    assert.equal(same, bytes);
  });
});
