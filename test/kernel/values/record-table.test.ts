import assert from "node:assert/strict";
import fc from "fast-check";
import { recordTableData } from "#dist/kernel/values/record-table.js";

function text(value: object): string {
  return String(recordTableData(value)?.["text/plain"]);
}

const records = (n: number): object[] => Array.from({ length: n }, (_, i) => ({ id: i, name: `item ${i}` }));

describe("recordTableData(value)", () => {
  it("writes records of the same keys as a table with heads, numbers to the right", () => {
    assert.equal(
      text([
        { id: 1, name: "a", price: 2.5 },
        { id: 20, name: "bc", price: 10 },
      ]),
      "2 rows × 3 columns\n   id  name  price\n0   1  a       2.5\n1  20  bc     10.0",
    );
  });

  it("shows ten rows and the last five of more than twenty, and says how many there are", () => {
    assert.doesNotMatch(text(records(20)), /…/);
    const lines = text(records(1_234)).split("\n");
    assert.equal(lines[0], "1,234 rows × 2 columns");
    assert.match(lines[11]!, /^ +9 +9 +item 9$/);
    assert.match(lines[12]!, /^ +… 1,219 more rows of 1,234$/);
    assert.match(lines[13]!, /^1229 +1229 +item 1229$/);
    assert.equal(lines.length, 18);
  });

  it("joins the keys of records that have most in common, and leaves gaps", () => {
    assert.equal(
      text([{ a: 1, b: "x" }, { a: 2 }, { b: null, a: 3 }]),
      "3 rows × 2 columns\n   a  b\n0  1  x\n1  2\n2  3  null",
    );
    assert.equal(recordTableData([{ a: 1 }, { b: 1 }, { c: 1 }]), undefined);
  });

  it("leaves other lists alone: of primitives, of instances, of records that are mostly records again", () => {
    assert.equal(recordTableData([]), undefined);
    assert.equal(recordTableData([{}, {}]), undefined);
    assert.equal(recordTableData([1, { a: 1 }]), undefined);
    assert.equal(recordTableData([new Date(0)]), undefined);
    assert.equal(recordTableData([{ a: { b: 1 }, c: [1] }]), undefined);
    assert.equal(recordTableData(new Map([["a", 1]])), undefined);
  });

  it("takes columns of one length of four and more, where each is a list", () => {
    assert.equal(
      text({ name: ["a", "b", "c", "d"], score: Float32Array.of(0.5, 1, 1.5, 2) }),
      "4 rows × 2 columns\n   name  score\n0  a       0.5\n1  b       1.0\n2  c       1.5\n3  d       2.0",
    );
    assert.equal(recordTableData({ min: [0, 0], max: [1, 1] }), undefined);
    assert.equal(recordTableData({ a: [1, 2, 3, 4], b: [1, 2, 3] }), undefined);
    assert.equal(recordTableData({ a: [1, 2, 3, 4], b: 1 }), undefined);
  });

  it("names the rows of a map of records by their keys", () => {
    assert.match(
      text(
        new Map([
          ["first", { a: 1 }],
          ["second", { a: 2 }],
        ]),
      ),
      /\n first {2}1\nsecond {2}2$/,
    );
  });

  it("cuts cells at 40 characters and keeps them on one line; dates lose what is zero", () => {
    assert.match(text([{ a: "x".repeat(100) }]), /\n0 {2}x{39}…$/);
    assert.match(text([{ a: "one\n  two" }]), /\n0 {2}one two$/);
    assert.match(text([{ a: new Date(0) }, { a: new Date(1_000) }]), /\n0 {2}1970-01-01\n1 {2}1970-01-01T00:00:01Z$/);
  });

  it("counts the columns that do not fit, in text on a line and in HTML of 30", () => {
    const wide = [Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`column ${i}`, i]))];
    assert.match(text(wide), /\n… and 19 more columns\n… and 10 more columns$/);
    const html = String(recordTableData(wide)?.["text/html"]);
    assert.equal(html.match(/<th scope="col"/g)?.length, 30);
    assert.match(html, /1 row × 40 columns, without 10 more columns/);
  });

  it("aligns East Asian text and emoji in columns", () => {
    assert.equal(
      text([
        { a: "日本", b: "x" },
        { a: "e\u0301", b: "y" },
      ]),
      "2 rows × 2 columns\n   a     b\n0  日本  x\n1  e\u0301     y",
    );
  });

  it("escapes heads and cells, whatever they hold", () => {
    const cell = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(cell, cell, (key, value) => {
        const html = String(recordTableData([{ [`<${key}`]: `<${value}&"` }])?.["text/html"]);
        assert.deepEqual(html.match(/<(?!\/?(?:div|style|p|table|thead|tbody|tr|th|td)[ >])/g), null);
      }),
    );
  });
});
