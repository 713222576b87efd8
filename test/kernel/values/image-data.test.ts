import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { toDisplayData } from "#dist/kernel/values/display-data.js";
import { imageSize } from "#dist/kernel/values/image-bytes.js";
import { temporaryFolder } from "../../support/temporary.js";

type Data = Record<string, string>;

const source = sharp({ create: { width: 37, height: 21, channels: 3, background: "teal" } });

function shown(value: unknown): Data {
  return toDisplayData(value) as unknown as Data;
}

describe("toDisplayData(picture)", () => {
  const folder = temporaryFolder();

  for (const [format, mime] of [
    ["png", "image/png"],
    ["jpeg", "image/jpeg"],
  ] as const) {
    it(`gives the bytes of a ${format} file as ${mime}, with its size`, async () => {
      const bytes = await source.clone().toFormat(format).toBuffer();
      const data = shown(new Uint8Array(bytes));
      assert.deepEqual(Object.keys(data), [mime, "text/plain"]);
      assert.deepEqual(Buffer.from(data[mime]!, "base64"), bytes);
      assert.equal(data["text/plain"], `${format.toUpperCase()}, 37 × 21 px, 1 kB`);
    });
  }

  for (const [format, name, size] of [
    ["gif", "GIF", ", 37 × 21 px"],
    ["webp", "WebP", ", 37 × 21 px"],
    ["avif", "AVIF", ""],
  ] as const) {
    it(`puts a ${name} file, which not every notebook shows, into an img`, async () => {
      const bytes = await source.clone().toFormat(format).toBuffer();
      const data = shown(bytes);
      assert.ok(data["text/html"]!.includes(`<img src="data:image/${format};base64,${bytes.toString("base64")}"`));
      assert.equal(data["text/plain"], `${name}${size}, 1 kB`);
    });
  }

  it("reads the sizes of lossy, lossless and extended WebP", async () => {
    const transparent = sharp({ create: { width: 300, height: 7, channels: 4, background: "#00ff0080" } });
    for (const options of [{ quality: 50 }, { lossless: true }]) {
      assert.deepEqual(imageSize(await source.clone().webp(options).toBuffer()), [37, 21]);
      assert.deepEqual(imageSize(await transparent.clone().webp(options).toBuffer()), [300, 7]);
    }
  });

  it("shows pixels as a PNG of those pixels, and sharp's own record", async () => {
    const { data, info } = await source.clone().raw().toBuffer({ resolveWithObject: true });
    for (const value of [
      { data, width: 37, height: 21 },
      { data, info },
    ]) {
      const { "image/png": png, "text/plain": text } = shown(value);
      assert.equal(text, "RGB picture, 37 × 21 px");
      assert.deepEqual(await sharp(Buffer.from(png!, "base64")).raw().toBuffer(), data);
    }
  });

  it("makes pixels smaller that are more than 1600 on a side, and says so", () => {
    const { "image/png": png, "text/plain": text } = shown({
      data: new Uint8Array(4000 * 10),
      width: 4000,
      height: 10,
    });
    assert.equal(text, "grey picture, 4,000 × 10 px, shown at 1333 × 3 px");
    assert.deepEqual(imageSize(Buffer.from(png!, "base64")), [1333, 3]);
  });

  it("says that a file of more than 16 MB is too large, without its bytes", async () => {
    const png = await source.clone().png().toBuffer();
    const data = shown(Buffer.concat([png, Buffer.alloc(2 ** 24)]));
    assert.deepEqual(Object.keys(data), ["text/plain"]);
    assert.match(
      data["text/plain"]!,
      /^PNG, 37 × 21 px, 16\.8 MB: more than the 16\.8 MB that are shown; make it smaller/,
    );
  });

  it("draws a pipeline of sharp without ending it, and says why one fails or cannot come to an end", async () => {
    const pipeline = source.clone().resize(10);
    assert.equal((await toDisplayData(pipeline))!["text/plain"], "PNG, 10 × 6 px, 1 kB");
    assert.equal((await sharp(await pipeline.png().toBuffer()).metadata()).width, 10);
    assert.match(
      String((await toDisplayData(sharp("/missing.jpg")))!["text/plain"]),
      /cannot be drawn: Error: Input file is missing/,
    );
    assert.match(String((await toDisplayData(sharp()))!["text/plain"]), /waits for its stream/);
  });

  it("finds the picture of a record that names one: pixels, bytes or a file, and leaves it alone where there is none", async () => {
    const file = join(folder(), "a b.png");
    const png = await source.clone().png().toBuffer();
    writeFileSync(file, png);
    const record = { name: "a <b>.png", width: 37, height: 21, view: {} };
    for (const from of [file, png, { data: new Uint8Array(3), width: 1, height: 1 }]) {
      const { "image/png": shownPng, "text/plain": text } = shown({ ...record, source: from });
      assert.match(text!, /^a <b>\.png: (?:PNG|RGB)/);
      assert.ok(shownPng);
    }
    assert.deepEqual(Object.keys(shown({ ...record, source: join(folder(), "missing.png") })), ["text/plain"]);
    assert.deepEqual(Object.keys(shown({ ...record, source: folder() })), ["text/plain"]);
  });

  it("shows the first 24 of a list side by side, and says of how many", () => {
    const picture = { data: new Uint8Array(3), width: 1, height: 1 };
    const data = shown(Array(30).fill(picture));
    assert.equal(data["text/html"]!.match(/<img /g)?.length, 24);
    assert.match(data["text/plain"]!, /^30 pictures, of which 24 are shown\n0 {2}RGB picture/);
    assert.deepEqual(Object.keys(shown([picture, 1])), ["text/plain"]);
  });

  it("gives SVG text its namespace and its type, but not text that only mentions it", () => {
    const svg = '<?xml version="1.0"?>\n<!-- a -->\n<svg width="9"><path/></svg>\n';
    assert.equal(shown(svg)["image/svg+xml"], svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"'));
    const named = '<svg xmlns="http://www.w3.org/2000/svg"></svg>';
    assert.equal(shown(named)["image/svg+xml"], named);
    for (const text of ["<svg", "<svgx></svg>", "see <svg></svg>", "<svg></svg> and more"]) {
      assert.deepEqual(shown(text), { "text/plain": text });
    }
  });

  it("takes cut and random bytes for what they are, never for more", () => {
    const cut = readFileSync(new URL(import.meta.url)).subarray(0, 11);
    assert.match(shown(cut)["text/plain"]!, /^<Buffer/);
    assert.equal(shown(Uint8Array.from("\x89PNG\r\n\x1a\n1234", (c) => c.charCodeAt(0)))["text/plain"], "PNG, 1 kB");
  });
});
