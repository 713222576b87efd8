import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { CheckpointError, FileError } from "#dist/core/errors.js";
import { readSafetensorsHeader, readTensor } from "#dist/core/model/safetensors.js";
import { temporaryFolder } from "../../support/temporary.js";

function encode(header: unknown, data: Uint8Array): Uint8Array {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([prefix, json, data]);
}

describe("readSafetensorsHeader", () => {
  const folder = temporaryFolder();
  const write = async (bytes: Uint8Array) => {
    const path = join(folder(), "model.safetensors");
    await writeFile(path, bytes);
    return path;
  };
  const refuses = (title: string, bytes: Uint8Array, message: RegExp) =>
    it(`refuses ${title}`, async () => {
      const path = await write(bytes);
      await assert.rejects(readSafetensorsHeader(path), (error: Error) => {
        assert.ok(error instanceof CheckpointError, String(error));
        assert.match(error.message, message);
        assert.ok(error.message.startsWith(path));
        return true;
      });
    });
  const tensor = (shape: number[], data_offsets: number[], dtype = "F32") => ({ dtype, shape, data_offsets });

  it("finds each tensor at its place in the file", async () => {
    const path = await write(
      encode({ __metadata__: { format: "pt" }, b: tensor([2], [4, 12]), a: tensor([1], [0, 4]) }, new Uint8Array(12)),
    );
    const { tensors } = await readSafetensorsHeader(path);
    assert.deepEqual([...tensors.keys()].sort(), ["a", "b"]);
    const [a, b] = [tensors.get("a")!, tensors.get("b")!];
    assert.equal(b.offset - a.offset, 4);
    assert.equal(b.length, 8);
  });

  it("reads back any float32 numbers", async () => {
    await fc.assert(
      fc.asyncProperty(fc.float32Array({ minLength: 1, maxLength: 20, noNaN: true }), async (values) => {
        const path = await write(
          encode({ x: tensor([values.length], [0, values.length * 4]) }, new Uint8Array(values.slice().buffer)),
        );
        assert.deepEqual(await readTensor(await readSafetensorsHeader(path), "x"), values.slice());
      }),
      { numRuns: 30 },
    );
  });

  it("reads half precision and bfloat16 as the numbers they stand for", async () => {
    const halves = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff, 0x3555);
    const bfloats = Uint16Array.of(0x3f80, 0xc000, 0x4049, 0x0000, 0x3eab);
    const data = Buffer.concat([new Uint8Array(halves.buffer), new Uint8Array(bfloats.buffer)]);
    const path = await write(encode({ h: tensor([5], [0, 10], "F16"), b: tensor([5], [10, 20], "BF16") }, data));
    const header = await readSafetensorsHeader(path);
    assert.deepEqual([...(await readTensor(header, "h"))], [1, -2, 2 ** -24, 65504, 0.333251953125]);
    assert.deepEqual([...(await readTensor(header, "b"))], [1, -2, 3.140625, 0, 0.333984375]);
  });

  refuses("an empty file", new Uint8Array(0), /0 bytes/);
  refuses("a web page saved under the name", Buffer.from("<!doctype html><html><body>404</body></html>"), /Git LFS/);
  refuses("a header longer than the file", encode("{}", new Uint8Array(0)).slice(0, 9), /truncated/);
  refuses("a header that is no JSON", encode("{not json", new Uint8Array(0)), /no JSON/);
  refuses("a header that is a list", encode("[1]", new Uint8Array(0)), /no JSON object/);
  refuses(
    "offsets past the end of the file",
    encode({ x: tensor([4], [0, 16]) }, new Uint8Array(12)),
    /"x".*truncated/,
  );
  refuses("a size that disagrees with the shape", encode({ x: tensor([4], [0, 12]) }, new Uint8Array(16)), /needs 16/);
  refuses("a shape of astronomic size", encode({ x: tensor([1e9, 1e9], [0, 4]) }, new Uint8Array(4)), /needs/);
  refuses("negative offsets", encode({ x: tensor([1], [-4, 0]) }, new Uint8Array(4)), /no usable dtype/);
  refuses("types that the format does not have", encode({ x: tensor([1], [0, 8], "I65") }, new Uint8Array(8)), /I65/);

  it("finds integer tensors, which readTensor refuses to take for numbers to compute with", async () => {
    const path = await write(encode({ x: tensor([1], [0, 8], "I64") }, new Uint8Array(8)));
    const header = await readSafetensorsHeader(path);
    assert.equal(header.tensors.get("x")?.type, "I64");
    await assert.rejects(readTensor(header, "x"), /"x" has element type I64 where F32/);
  });

  refuses(
    "tensors that overlap",
    encode({ x: tensor([2], [0, 8]), y: tensor([2], [4, 12]) }, new Uint8Array(12)),
    /"x" and "y" overlap/,
  );

  it("names a folder in the file's place", async () => {
    await assert.rejects(readSafetensorsHeader(folder()), (e: Error) => e instanceof FileError && e.path === folder());
  });

  it("names a file that is not there", async () => {
    await assert.rejects(readSafetensorsHeader(join(folder(), "missing.safetensors")), (error: Error) => {
      assert.ok(error instanceof FileError);
      assert.match(error.message, /missing\.safetensors/);
      return true;
    });
  });
});
