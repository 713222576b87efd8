import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import sharp, { type Sharp } from "sharp";
import { ArgumentError, FileError, ImageError } from "#dist/core/errors.js";
import { decodeImage } from "#dist/core/image/decode.js";
import { maxDifference } from "../../support/compare.js";
import { fixture } from "../../support/fixtures.js";
import { temporaryFolder } from "../../support/temporary.js";

const landscape = fixture("preprocess/landscape.jpg");

/** An encoder for `width x height` pixels, of which `levels` repeats. */
function encoder(width: number, height: number, levels: readonly number[]): Sharp {
  const data = Uint8Array.from({ length: width * height * levels.length }, (_, i) => levels[i % levels.length]);
  return sharp(data, { raw: { width, height, channels: levels.length as 3 | 4 } });
}

function firstPixel(image: { data: Uint8Array }): number[] {
  return [...image.data.subarray(0, 3)];
}

/** A PNG that announces a size and holds no pixels. */
function hollowPng(width: number, height: number): Buffer {
  const chunk = (type: string, body: Buffer) => {
    const typed = Buffer.concat([Buffer.from(type), body]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(body.length);
    check.writeUInt32BE(crc32(typed));
    return Buffer.concat([length, typed, check]);
  };
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", Buffer.alloc(9)),
  ]);
}

describe("decodeImage", () => {
  const folder = temporaryFolder();
  const write = async (name: string, bytes: Uint8Array | string): Promise<string> => {
    const path = join(folder(), name);
    await writeFile(path, bytes);
    return path;
  };

  it("gives back the pixels of a lossless picture", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.infiniteStream(fc.nat(255)),
        async (width, height, levels) => {
          const data = Uint8Array.from({ length: width * height * 3 }, () => levels.next().value as number);
          const png = await sharp(data, { raw: { width, height, channels: 3 } })
            .png()
            .toBuffer();
          const image = await decodeImage(png);
          assert.deepEqual([image.width, image.height, image.format], [width, height, "PNG"]);
          assert.equal(maxDifference(image.data, data), 0);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("gives the same pixels for a path with spaces and unicode as for the file's bytes", async () => {
    const bytes = await readFile(landscape);
    const path = await write("schöne Aussicht 山.jpg", bytes);
    const [fromPath, fromBytes] = [await decodeImage(path), await decodeImage(bytes, { name: "picture 3" })];
    assert.deepEqual(fromPath.data, fromBytes.data);
    assert.deepEqual([fromPath.name, fromBytes.name], [path, "picture 3"]);
  });

  it("turns a picture upright by its EXIF orientation", async () => {
    // the red half lies on the left of the stored pixels; orientation 6 turns them clockwise, so that it comes to the top
    const stored = Uint8Array.from([255, 0, 0, 0, 0, 255]);
    const png = await sharp(stored, { raw: { width: 2, height: 1, channels: 3 } })
      .withMetadata({ orientation: 6 })
      .png()
      .toBuffer();
    const image = await decodeImage(png);
    assert.deepEqual([image.width, image.height, [...image.data]], [1, 2, [...stored]]);
  });

  it("keeps the colours under transparency", async () => {
    const png = await encoder(4, 3, [200, 100, 50, 0]).png().toBuffer();
    assert.deepEqual(firstPixel(await decodeImage(png)), [200, 100, 50]);
  });

  it("puts a background behind transparency where one is given", async () => {
    const clear = await encoder(4, 3, [200, 100, 50, 0]).png().toBuffer();
    const half = await encoder(4, 3, [200, 100, 50, 51]).png().toBuffer();
    assert.deepEqual(firstPixel(await decodeImage(clear, { background: [1, 2, 3] })), [1, 2, 3]);
    assert.deepEqual(firstPixel(await decodeImage(half, { background: [0, 0, 0] })), [40, 20, 10]);
  });

  it("does not apply an embedded colour profile", async () => {
    // pure red of sRGB is stored as other numbers in Display P3, and these are what must come back
    const png = await encoder(4, 3, [255, 0, 0]).withIccProfile("p3").png().toBuffer();
    const [red, green, blue] = firstPixel(await decodeImage(png));
    assert.ok(
      Math.abs(red - 234) <= 1 && Math.abs(green - 51) <= 1 && Math.abs(blue - 35) <= 1,
      `${[red, green, blue]}`,
    );
  });

  it("keeps the upper 8 of 16 bits, in colour and in gray", async () => {
    const png = async (channels: 1 | 3, space: string) =>
      sharp(
        Uint16Array.from({ length: 4 * channels }, () => 0x5bff),
        { raw: { width: 2, height: 2, channels } },
      )
        .toColourspace(space)
        .png()
        .toBuffer();
    const [colour, gray] = [await png(3, "rgb16"), await png(1, "grey16")];
    assert.equal((await sharp(colour).metadata()).depth, "ushort");
    assert.equal((await sharp(gray).metadata()).depth, "ushort");
    assert.deepEqual(firstPixel(await decodeImage(colour)), [0x5b, 0x5b, 0x5b]);
    assert.deepEqual(firstPixel(await decodeImage(gray)), [0x5b, 0x5b, 0x5b]);
  });

  it("converts CMYK as Pillow does, inverted in JPEG and plain in TIFF", async () => {
    // 8 x 8 pixels of C 200, M 30, Y 90, K 40, written by Pillow 13, which reads (46, 190, 139) from both
    const jpeg = Buffer.from(
      "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwACAQEBAQECAQEBAgICAgIEAwICAgIFBAQDBAYFBgYGBQYGBgcJCAYHCQcGBggLCAkKCgoKCgYICwwLCgwJCgoK/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4EQwBNAFkASwAAPwD826/YSvpSv1cr/9k=",
      "base64",
    );
    const tiff = Buffer.from(
      "SUkqABgAAAB4nDshF6VxYgRjAGUjWgEACgAAAQMAAQAAAAgAAAABAQMAAQAAAAgAAAACAQMABAAAAJYAAAADAQMAAQAAAAgAAAAGAQMAAQAAAAUAAAARAQQAAQAAAAgAAAAVAQMAAQAAAAQAAAAWAQMAAQAAAAgAAAAXAQQAAQAAAA8AAAAcAQMAAQAAAAEAAAAAAAAACAAIAAgACAA=",
      "base64",
    );
    assert.deepEqual(firstPixel(await decodeImage(jpeg)), [46, 190, 139]);
    assert.deepEqual(firstPixel(await decodeImage(tiff)), [46, 190, 139]);
  });

  it("takes the first frame of an animation", async () => {
    const frames = await Promise.all(
      [
        [250, 0, 0],
        [0, 0, 250],
      ].map((c) => encoder(6, 4, c).png().toBuffer()),
    );
    const gif = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    assert.equal((await sharp(gif, { animated: true }).metadata()).pages, 2);
    const image = await decodeImage(gif);
    assert.deepEqual([image.width, image.height, firstPixel(image)], [6, 4, [250, 0, 0]]);
  });

  it("decodes a picture of maxPixels pixels and refuses one of a pixel more, with the numbers", async () => {
    const path = await write("large.png", await encoder(11, 10, [1, 2, 3]).png().toBuffer());
    assert.equal((await decodeImage(path, { maxPixels: 110 })).width, 11);
    await assert.rejects(decodeImage(path, { maxPixels: 109 }), (e: Error) => {
      assert.ok(e instanceof ImageError);
      for (const part of [path, "11 x 10 = 110", "109", "raise maxPixels"])
        assert.ok(e.message.includes(part), e.message);
      return true;
    });
  });

  it("refuses a huge picture by its header, without pixels to decode", async () => {
    await assert.rejects(
      decodeImage(hollowPng(30_000, 30_000)),
      /30000 x 30000 = 900000000 pixels where at most 100000000/,
    );
  });

  it("refuses pictures that are cut short, naming the file", async () => {
    const jpeg = await readFile(landscape);
    const picture = sharp(landscape).resize(64);
    const cases: [string, Buffer, number][] = [
      ["half.jpg", jpeg, 0.5],
      ["nearly.jpg", jpeg, 1 - 20 / jpeg.length],
      ["half.png", await picture.clone().png().toBuffer(), 0.7],
      ["half.webp", await picture.clone().webp().toBuffer(), 0.7],
      ["half.tif", await picture.clone().tiff({ compression: "none" }).toBuffer(), 0.7],
      ["half.gif", await picture.clone().gif().toBuffer(), 0.7],
      ["half.avif", await picture.clone().avif({ effort: 0 }).toBuffer(), 0.7],
    ];
    for (const [name, bytes, part] of cases) {
      const path = await write(name, bytes.subarray(0, Math.floor(bytes.length * part)));
      await assert.rejects(decodeImage(path), (e: Error) => e instanceof ImageError && e.path === path, name);
    }
  });

  it("refuses what is no picture by its content, whatever its name", async () => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>`;
    for (const [name, text] of [
      ["text.jpg", "not a picture"],
      ["short.jpg", "x"],
      ["drawing.png", svg],
    ]) {
      const path = await write(name, text);
      await assert.rejects(decodeImage(path), (e: Error) => {
        assert.ok(e instanceof ImageError);
        assert.match(e.message, /expected a JPEG, PNG, WebP, GIF, AVIF or TIFF picture/);
        assert.equal(e.path, path);
        return true;
      });
    }
  });

  it("tells a missing file, a folder and an empty file apart", async () => {
    const inner = join(folder(), "album.jpg");
    await mkdir(inner);
    const cases: [string, RegExp][] = [
      [join(folder(), "missing.jpg"), /no such file/],
      [inner, /is a folder/],
      [await write("empty.jpg", ""), /is empty/],
    ];
    for (const [path, message] of cases)
      await assert.rejects(
        decodeImage(path),
        (e: Error) => e instanceof FileError && e.path === path && message.test(e.message),
      );
    await assert.rejects(decodeImage(new Uint8Array(0), { name: "picture 2" }), /picture 2: is empty/);
  });

  it("passes checked pixels on without a copy and refuses a wrong length or size", async () => {
    const data = new Uint8Array(24);
    assert.equal((await decodeImage({ data, width: 4, height: 2 })).data, data);
    const name = "picture 3";
    await assert.rejects(
      decodeImage({ data, width: 4, height: 3 }, { name }),
      /picture 3: holds 24 bytes where .* need 36/,
    );
    await assert.rejects(decodeImage({ data, width: 2.5, height: 3 }, { name }), ImageError);
    await assert.rejects(
      decodeImage({ data: new Float32Array(24) as unknown as Uint8Array, width: 4, height: 2 }),
      ImageError,
    );
    await assert.rejects(decodeImage(42 as unknown as string), ArgumentError);
  });

  it("refuses options out of range", async () => {
    await assert.rejects(decodeImage(landscape, { maxPixels: Number.NaN }), ArgumentError);
    await assert.rejects(decodeImage(landscape, { background: [0, 0, 256] }), ArgumentError);
  });
});
