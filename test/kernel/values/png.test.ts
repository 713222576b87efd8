import assert from "node:assert/strict";
import fc from "fast-check";
import sharp from "sharp";
import { fitting, pixelsOf } from "#dist/kernel/values/pixels.js";
import { encodePng, type Pixels } from "#dist/kernel/values/png.js";

const pixels = fc
  .tuple(
    fc.integer({ min: 1, max: 20 }),
    fc.integer({ min: 1, max: 20 }),
    fc.constantFrom(1, 2, 3, 4) as fc.Arbitrary<1 | 2 | 3 | 4>,
  )
  .chain(([width, height, channels]) => {
    const length = width * height * channels;
    return fc.uint8Array({ minLength: length, maxLength: length }).map((data) => ({ data, width, height, channels }));
  });

/** As RGB with alpha, opaque where there was none. */
function withColour({ data, width, height, channels }: Pixels): Uint8Array {
  const out = new Uint8Array(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) {
    const own = [...data.subarray(i * channels, (i + 1) * channels)];
    out.set(channels > 2 ? own : [own[0]!, own[0]!, ...own], i * 4);
  }
  return out;
}

describe("encodePng(pixels)", () => {
  it("makes a file that libpng decodes to the same pixels, grey, colour and alpha", async () => {
    await fc.assert(
      fc.asyncProperty(pixels, async (given: Pixels) => {
        const image = sharp(encodePng(given));
        const { width, height, channels } = await image.metadata();
        assert.deepEqual(
          { width, height, channels },
          { width: given.width, height: given.height, channels: given.channels },
        );
        const decoded = await image.toColourspace("srgb").ensureAlpha().raw().toBuffer();
        assert.deepEqual(new Uint8Array(decoded), withColour(given));
      }),
      { numRuns: 60 },
    );
  });

  it("stores a smooth picture in less than half of its pixels' bytes", () => {
    const data = Uint8Array.from(
      { length: 200 * 200 * 3 },
      (_, i) => (Math.floor(i / 3) % 200) + Math.floor(i / 600) / 8,
    );
    assert.ok(encodePng({ data, width: 200, height: 200, channels: 3 }).length < data.length / 2);
  });
});

describe("fitting(pixels, longest)", () => {
  it("is the picture itself where it fits, else the means of whole blocks", () => {
    const small: Pixels = { data: Uint8Array.of(0, 10, 20, 30, 100, 110, 120, 130), width: 4, height: 2, channels: 1 };
    assert.equal(fitting(small, 4), small);
    assert.deepEqual(fitting(small, 2), { data: Uint8Array.of(55, 75), width: 2, height: 1, channels: 1 });
  });

  it("keeps channels apart, and a picture one pixel high", () => {
    const line: Pixels = { data: Uint8Array.of(1, 200, 3, 100, 5, 0), width: 3, height: 1, channels: 2 };
    assert.deepEqual(fitting(line, 2), { data: Uint8Array.of(2, 150), width: 1, height: 1, channels: 2 });
  });
});

describe("pixelsOf(record)", () => {
  it("counts the channels from the bytes, in a record of its own and in sharp's", () => {
    const data = new Uint8Array(24);
    assert.equal(pixelsOf({ data, width: 4, height: 2 })?.channels, 3);
    assert.equal(pixelsOf({ data, info: { width: 2, height: 3, channels: 4 } })?.channels, 4);
    assert.equal(pixelsOf({ data: new Uint8ClampedArray(24), width: 3, height: 2 })?.channels, 4);
  });

  it("is undefined where bytes and size do not agree", () => {
    const data = new Uint8Array(24);
    assert.equal(pixelsOf({ data, width: 5, height: 2 }), undefined);
    assert.equal(pixelsOf({ data, width: 4, height: 2, channels: 4 }), undefined);
    assert.equal(pixelsOf({ data, width: -4, height: -2 }), undefined);
    assert.equal(pixelsOf({ data: new Float32Array(24), width: 4, height: 2 }), undefined);
  });
});
