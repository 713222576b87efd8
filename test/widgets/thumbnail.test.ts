import assert from "node:assert/strict";
import sharp from "sharp";
import type { RawImage } from "#dist/core/picture.js";
import { type PictureLike, thumbnail, thumbnailSheet, thumbnails } from "#dist/widgets/thumbnail.js";
import { fixture } from "../support/fixtures.js";

/** Red left half, blue right half. */
function halves(width: number, height: number): RawImage {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) data[3 * i + (i % width < width / 2 ? 0 : 2)] = 255;
  return { data, width, height };
}

async function pixels(uri: string): Promise<{ data: Buffer; width: number; height: number }> {
  const bytes = Buffer.from(uri.slice(uri.indexOf(",") + 1), "base64");
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

function near(data: Buffer, offset: number, colour: number[]): void {
  const found = [...data.subarray(offset, offset + 3)];
  assert.ok(
    found.every((v, c) => Math.abs(v - colour[c]) < 12),
    `${found} where ${colour} is expected`,
  );
}

function record(source: PictureLike["source"], view?: PictureLike["view"]): PictureLike {
  return { name: "x", source, width: 80, height: 40, ...(view ? { view } : {}) };
}

describe("thumbnail(picture)", () => {
  it("keeps the picture's shape", async () => {
    const small = await thumbnail(record(halves(80, 40)), 32);
    assert.deepEqual([small?.width, small?.height], [32, 16]);
  });

  it("is cut to the part that the model saw", async () => {
    const right = await thumbnail(record(halves(80, 40), { left: 40, top: 0, width: 40, height: 40 }), 32);
    const { data, width, height } = await pixels(right?.uri ?? "");
    assert.deepEqual([width, height], [32, 32]);
    near(data, 0, [0, 0, 255]);
  });

  it("shows grey where a letterboxed view reaches past the picture", async () => {
    const boxed = await thumbnail(record(halves(80, 40), { left: 0, top: -20, width: 80, height: 80 }), 64);
    const { data, width, height } = await pixels(boxed?.uri ?? "");
    assert.deepEqual([width, height], [64, 64]);
    near(data, 0, [128, 128, 128]);
    near(data, 3 * (32 * 64 + 8), [255, 0, 0]);
    near(data, 3 * (32 * 64 + 56), [0, 0, 255]);
  });

  it("stands upright before it is cut", async () => {
    const source = fixture("preprocess/exif-6.jpg");
    const upright = await sharp(source, { autoOrient: true }).raw().toBuffer({ resolveWithObject: true });
    const { width, height } = upright.info;
    const view = { left: 0, top: Math.floor(height / 2), width, height: Math.floor(height / 2) };
    const cut = await thumbnail({ name: "exif", source, width, height, view }, 4096);
    assert.deepEqual([cut?.width, cut?.height], [width, Math.floor(height / 2)]);
    const { data } = await pixels(cut?.uri ?? "");
    near(data, 0, [...upright.data.subarray(3 * width * view.top, 3 * width * view.top + 3)]);
  });

  it("is missing, without an error, for a file that is gone", async () => {
    const list = await thumbnails([{ name: "gone", source: "/nowhere/gone.jpg" }, undefined, record(halves(8, 8))], 8);
    assert.deepEqual(list.map(Boolean), [false, false, true]);
  });

  it("is missing for a file that models do not read: of another format, or with too many pixels", async () => {
    const svg = Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>`,
    );
    const huge = await sharp({ create: { width: 20_000, height: 5_001, channels: 3, background: "red" } })
      .png()
      .toBuffer();
    const small = await sharp(halves(8, 8).data, { raw: { width: 8, height: 8, channels: 3 } })
      .png()
      .toBuffer();
    const sources = [svg, huge, Buffer.from("not a picture"), undefined as never, small];
    const list = await thumbnails(
      sources.map((source) => ({ name: "x", source })),
      8,
    );
    assert.deepEqual(list.map(Boolean), [false, false, false, false, true]);
  });
});

describe("thumbnailSheet(pictures)", () => {
  it("puts square i at its column and row and says which are there", async () => {
    const gone = { name: "gone", source: "/nowhere/gone.jpg" };
    const blue = record(halves(80, 40), { left: 40, top: 0, width: 40, height: 40 });
    const red = record(halves(80, 40), { left: 0, top: -10, width: 40, height: 60 });
    const sheet = await thumbnailSheet([red, gone, undefined, blue], 32);
    const { data, width, height } = await pixels(sheet.uri);
    assert.deepEqual([sheet.tile, sheet.columns, width, height], [32, 2, 64, 64]);
    assert.deepEqual([...sheet.present], [1, 0, 0, 1]);
    near(data, 3 * (16 * 64 + 16), [255, 0, 0]);
    near(data, 3 * (48 * 64 + 48), [0, 0, 255]);
  });
});
