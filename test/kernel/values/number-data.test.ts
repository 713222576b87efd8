import assert from "node:assert/strict";
import fc from "fast-check";
import { numberData } from "#dist/kernel/values/number-data.js";

function text(value: object): string {
  return String(numberData(value)?.["text/plain"]);
}

function cells(value: object): string[][] {
  const html = String(numberData(value)?.["text/html"]);
  return [...html.matchAll(/<tr><th scope="row"[^>]*>(.*?)<\/tr>/g)].map(([, row]) =>
    row!.replace(/<\/t[hd]>$/, "").split(/<\/t[hd]><td[^>]*>/),
  );
}

function counting(rows: number, cols: number): { data: Float32Array; rows: number; cols: number } {
  return { data: Float32Array.from({ length: rows * cols }, (_, i) => i), rows, cols };
}

describe("numberData(value)", () => {
  it("writes out a small matrix with its size, type, range and mean", () => {
    const matrix = { data: Float32Array.of(0.5, 2, -1, 0), rows: 2, cols: 2 };
    assert.equal(text(matrix), "matrix 2 × 2, float32, from -1 to 2, mean 0.375\n      0  1\n0   0.5  2\n1  -1.0  0");
    assert.deepEqual(cells(matrix), [
      ["0", "0.5", "2"],
      ["1", "\u22121.0", "0"],
    ]);
  });

  it("shows the corners of a large one, each number at its place", () => {
    const sizes = fc.tuple(fc.integer({ min: 11, max: 60 }), fc.integer({ min: 11, max: 60 }));
    fc.assert(
      fc.property(sizes, ([rows, cols]) => {
        const shown = cells(counting(rows, cols));
        const ends = (n: number): number[] => [0, 1, 2, 3, 4, n - 3, n - 2, n - 1];
        const expected = ends(rows).map((i) => [String(i), ...ends(cols).map((j) => String(i * cols + j))]);
        assert.deepEqual(
          shown.map((row) => row.toSpliced(6, 1)),
          expected,
        );
        assert.ok(shown.every((row) => row[6] === "…"));
        assert.match(text(counting(rows, cols)), new RegExp(`… ${rows - 8} more rows?$`, "m"));
      }),
    );
  });

  it("counts NaN, and takes the range over the numbers", () => {
    const matrix = { data: Float64Array.of(1, Number.NaN, 3, Number.NaN), rows: 2, cols: 2 };
    assert.match(text(matrix), /^matrix 2 × 2, float64, from 1 to 3, mean 2, 2 NaN\n/);
    assert.deepEqual(cells(matrix)[0], ["0", "1", "NaN"]);
  });

  it("names patches by their place in the picture, and says what else the record holds", () => {
    const patches = {
      data: Float32Array.from({ length: 12 }, (_, i) => i),
      rows: 2,
      cols: 3,
      dim: 2,
      modelName: "tiny <b>",
    };
    assert.match(text(patches), /^patches 2 × 3 × 2, float32/);
    assert.deepEqual(cells(patches)[4], ["1, 1", "8", "9"]);
    assert.match(text(patches), /\nbeside it: { modelName: 'tiny <b>' }$/);
    assert.match(String(numberData(patches)?.["text/html"]), /beside it: { modelName: &#39;tiny &lt;b&gt;&#39; }/);
  });

  it("names the rows of a tensor by their place on all axes but the last", () => {
    const tensor = { dims: [1, 2, 2, 3], data: Int32Array.from({ length: 12 }, (_, i) => i), type: "int32" };
    assert.match(text(tensor), /^tensor 1 × 2 × 2 × 3, int32/);
    assert.deepEqual(cells(tensor)[3], ["0, 1, 1", "9", "10", "11"]);
  });

  it("follows strides and an offset", () => {
    const transposed = { shape: [2, 3], stride: [1, 2], offset: 1, data: [9, 1, 2, 3, 4, 5, 6] };
    assert.deepEqual(cells(transposed), [
      ["0", "1", "3", "5"],
      ["1", "2", "4", "6"],
    ]);
    assert.equal(numberData({ ...transposed, offset: 2 }), undefined, "the last number would lie outside");
    assert.equal(numberData({ ...transposed, stride: [1, -2] }), undefined);
  });

  it("takes rows of numbers of one length, and of bigints in a typed array", () => {
    assert.match(
      text([
        [1, 2.5],
        [3, 4],
      ]),
      /^array 2 × 2, numbers\n/,
    );
    assert.match(text([Uint8Array.of(1, 2), Uint8Array.of(3, 4)]), /^array 2 × 2, uint8\n/);
    assert.equal(numberData([[1, 2], [3]]), undefined);
    assert.equal(
      numberData([
        [1, 2],
        ["a", "b"],
      ]),
      undefined,
    );
    assert.match(text({ data: BigInt64Array.of(1n, 2n), rows: 1, cols: 2 }), /^matrix 1 × 2, bigint64, from 1 to 2/);
  });

  it("leaves records alone whose array does not fill their size", () => {
    assert.equal(numberData({ data: new Float32Array(5), rows: 2, cols: 3 }), undefined);
    assert.equal(numberData({ data: new Float32Array(5), rows: 5, cols: 1, dim: 2 }), undefined);
    assert.equal(numberData({ data: new Float32Array(5), dims: [2, 3] }), undefined);
    assert.equal(numberData({ data: "text", rows: 2, cols: 2 }), undefined);
  });

  it("writes out a short typed array without digits that single precision has not", () => {
    assert.equal(text(Float32Array.of(0.1, -2, Number.NaN)), "Float32Array(3) [ 0.1, -2, NaN ]");
    assert.equal(text(Float64Array.of(1 / 3)), "Float64Array(1) [ 0.3333333333333333 ]");
    assert.equal(text(BigUint64Array.of(7n)), "BigUint64Array(1) [ 7n ]");
    assert.equal(text(new Uint8Array(0)), "Uint8Array(0) []");
  });

  it("shows ten numbers of each end of a long one, and its length and range", () => {
    const lines = text(Float32Array.from({ length: 1_000 }, (_, i) => i / 4)).split("\n");
    assert.equal(lines[0], "Float32Array(1000), from 0 to 249.8, mean 124.9");
    assert.match(lines[1]!, /^\[ +0\.0, +0\.3, .* 2\.3,$/);
    assert.equal(lines[2], "  … 980 more,");
    assert.match(lines[3]!, /^ +247\.5, .*249\.8 \]$/);
  });
});
