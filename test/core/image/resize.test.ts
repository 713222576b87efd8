import assert from "node:assert/strict";
import fc from "fast-check";
import { ArgumentError, ImageError } from "#dist/core/errors.js";
import type { Interpolation } from "#dist/core/image/resample.js";
import { resize } from "#dist/core/image/resize.js";
import type { RawImage } from "#dist/core/picture.js";

function pattern(width: number, height: number): RawImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) data[i++] = (x * 37 + y * 91 + c * 53 + x * y * 7) % 256;
  return { data, width, height };
}

function cropped(image: RawImage, left: number, top: number, width: number, height: number): number[] {
  const result: number[] = [];
  for (let y = top; y < top + height; y++)
    result.push(...image.data.subarray((y * image.width + left) * 3, (y * image.width + left + width) * 3));
  return result;
}

const edge = fc.integer({ min: 1, max: 24 });
const interpolation = fc.constantFrom<Interpolation>("bilinear", "bicubic");

describe("resize", () => {
  it("gives Pillow 13's bytes, whichever pass comes first", async () => {
    // Image.fromarray(pattern).resize(size, filter): columns first, rows first, and bilinear
    const cases: [number, number, number, number, Interpolation, number[]][] = [
      // biome-ignore format: one picture a line
      [4, 9, 6, 3, "bicubic", [77,134,118,106,121,145,130,118,163,105,154,126,128,136,129,155,110,143,108,169,129,109,155,117,119,136,113,150,120,146,130,143,118,103,168,84,137,119,143,128,96,139,117,92,137,115,162,149,123,143,146,131,107,139]],
      // biome-ignore format: one picture a line
      [9, 4, 3, 6, "bicubic", [32,91,156,158,185,171,91,66,91,91,134,157,125,131,142,111,134,136,154,166,144,97,89,118,130,185,172,149,114,100,123,147,147,116,107,128,115,122,129,149,151,140,135,111,107,85,144,168,165,138,125,155,136,101]],
      // biome-ignore format: one picture a line
      [5, 8, 7, 3, "bilinear", [80,133,126,106,124,151,120,130,154,109,162,114,141,122,132,130,116,158,98,130,183,105,158,126,116,144,116,129,129,122,143,117,157,126,152,114,143,140,124,174,106,159,105,158,151,115,126,142,124,119,128,127,160,112,96,144,124,117,113,131,162,81,134]],
    ];
    for (const [w, h, width, height, filter, expected] of cases)
      assert.deepEqual([...(await resize(pattern(w, h), { width, height }, { interpolation: filter })).data], expected);
  });

  it("computes a window just as it would be cut from the whole", async () => {
    await fc.assert(
      fc.asyncProperty(
        edge,
        edge,
        edge,
        edge,
        interpolation,
        fc.array(fc.nat(1000), { minLength: 4, maxLength: 4 }),
        async (w, h, width, height, filter, n) => {
          const [left, top] = [n[0] % width, n[1] % height];
          const window = { left, top, width: 1 + (n[2] % (width - left)), height: 1 + (n[3] % (height - top)) };
          const image = pattern(w, h);
          const whole = await resize(image, { width, height }, { interpolation: filter });
          const part = await resize(image, { width, height }, { interpolation: filter, window });
          assert.deepEqual([...part.data], cropped(whole, left, top, window.width, window.height));
          assert.deepEqual([part.width, part.height], [window.width, window.height]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("keeps a picture of one colour as it is", async () => {
    await fc.assert(
      fc.asyncProperty(
        edge,
        edge,
        edge,
        edge,
        interpolation,
        fc.nat(255),
        async (w, h, width, height, filter, level) => {
          const image = { data: new Uint8Array(w * h * 3).fill(level), width: w, height: h };
          const { data } = await resize(image, { width, height }, { interpolation: filter });
          assert.ok(data.length === width * height * 3 && data.every((v) => v === level));
        },
      ),
    );
  });

  it("copies a picture that has the size already", async () => {
    const image = pattern(5, 4);
    const same = await resize(image, { width: 5, height: 4 });
    assert.deepEqual(same.data, image.data);
    assert.notEqual(same.data.buffer, image.data.buffer);
  });

  it("cuts a small window out of a strip that would be 65 million pixels long", async () => {
    const window = { left: 32_000_000, top: 0, width: 2, height: 2 };
    const part = await resize(pattern(100_000, 1), { width: 65_000_000, height: 650 }, { window });
    assert.equal(part.data.length, 12);
  });

  it("lets timers run while a large picture is resized, and stops when asked", async () => {
    const image = { data: new Uint8Array(3000 * 2000 * 3), width: 3000, height: 2000 };
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("enough")), 0);
    await assert.rejects(resize(image, { width: 300, height: 200 }, { signal: controller.signal }), /enough/);
  });

  it("refuses pixels that do not fill their size, an unknown interpolation and a result that fills the memory", async () => {
    const image = pattern(4, 4);
    await assert.rejects(resize({ ...image, width: 5 }, { width: 2, height: 2 }), ImageError);
    const nearest = { interpolation: "nearest" as Interpolation };
    await assert.rejects(resize(image, { width: 2, height: 2 }, nearest), { argument: "interpolation" });
    await assert.rejects(resize(image, { width: 1e6, height: 1e6 }), { argument: "window" });
  });

  it("refuses sizes and windows that are not whole or leave the picture", async () => {
    const image = pattern(4, 4);
    await assert.rejects(resize(image, { width: 0, height: 4 }), ArgumentError);
    await assert.rejects(resize(image, { width: 4, height: 2.5 }), ArgumentError);
    for (const window of [
      { left: 3, top: 0, width: 2, height: 1 },
      { left: -1, top: 0, width: 2, height: 1 },
      { left: 0, top: 0, width: 0, height: 1 },
      { left: 0.5, top: 0, width: 1, height: 1 },
    ])
      await assert.rejects(resize(image, { width: 4, height: 4 }, { window }), /window covers/);
  });
});
