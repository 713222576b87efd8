import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { FormatError } from "#dist/core/errors.js";
import { csvRow } from "#dist/core/interchange/csv.js";
import { parseLabelTable, readLabelTable } from "#dist/core/interchange/label-table.js";
import { temporaryFolder } from "../../support/temporary.js";

const pairs = (text: string) => parseLabelTable("x.csv", text).rows.map(({ file, label }) => [file, label]);
const cats = [
  ["a.jpg", "cat"],
  ["b, c.jpg", "dog"],
];

describe("parseLabelTable", () => {
  it("takes columns by name in any order and among others, and two columns without names", () => {
    for (const text of [
      'file,label\na.jpg,cat\n"b, c.jpg",dog\n',
      'Label , x,FILENAME\ncat,1,a.jpg\ndog,2,"b, c.jpg"\n',
      'a.jpg,cat\n"b, c.jpg",dog',
      'path,label,confidence\r\na.jpg,cat,0.9\r\n"b, c.jpg",dog,0.8\r\n',
    ])
      assert.deepEqual(pairs(text), cats);
  });

  it("finds out by itself whether commas, semicolons or tabs separate, also where names hold the others", () => {
    for (const text of [
      "file;label\na.jpg;cat\nb, c.jpg;dog\n",
      '"file";"label"\n"a.jpg";"cat"\n"b, c.jpg";"dog"\n',
      "file\tlabel\na.jpg\tcat\nb, c.jpg\tdog\n",
      "a.jpg;cat\nb, c.jpg;dog\n",
      "a.jpg\tcat\nb, c.jpg\tdog\n",
      "sep=;\r\na.jpg;cat\r\nb, c.jpg;dog\r\n",
    ])
      assert.deepEqual(pairs(text), cats);
    assert.deepEqual(pairs("one, two.jpg;cat\nb.jpg;dog\nc.jpg;dog\n")[0], ["one, two.jpg", "cat"]);
  });

  it("cuts space around names and labels and composes the letters of labels, which are one class in either form", () => {
    assert.deepEqual(pairs("\uFEFFfile,label\n a.jpg , cafe\u0301 \nb.jpg,caf\u00e9\n"), [
      ["a.jpg", "caf\u00e9"],
      ["b.jpg", "caf\u00e9"],
    ]);
  });

  it("reports rows with too few or too many fields, or without a name, by their line, and goes on", () => {
    const { rows, malformed } = parseLabelTable(
      "x.csv",
      'file,label,note\n"a\nb.jpg",cat,x\nc.jpg\n\nd, e.jpg,dog,y\n,cat,z\nf.jpg,dog\ng.jpg,,\nh.jpg,cat,x,,\n',
    );
    assert.deepEqual(
      rows.map(({ line, file, label }) => [line, file, label]),
      [
        [2, "a\nb.jpg", "cat"],
        [8, "f.jpg", "dog"],
        [9, "g.jpg", ""],
        [10, "h.jpg", "cat"],
      ],
    );
    assert.deepEqual(
      malformed.map(({ line, problem }) => [line, problem.split(":")[0]]),
      [
        [4, "has 1 of the 2 fields that are needed"],
        [6, "has 4 fields where the first row has 3"],
        [7, "names no picture"],
      ],
    );
  });

  it("refuses a text without such columns, and one with a quote in the wrong place, by line", () => {
    for (const text of ["a\nb\n", "a,b,c\n", "\n\n", "file\na.jpg\n"])
      assert.throws(() => parseLabelTable("x.csv", text), {
        name: "FormatError",
        path: "x.csv",
        message: /file,label/,
      });
    assert.throws(() => parseLabelTable("x.csv", 'file,label\na"b.jpg,cat\n'), /x\.csv: has a quote .* line 2/);
  });

  it("reads back whatever is written as two named columns", () => {
    const word = fc.string({ unit: fc.constantFrom(..."ab,;\t\" '\né😀".split("")) }).map((s) => `.${s}.`);
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word), { minLength: 1 }), (rows) => {
        const text = [["file", "label"], ...rows].map(csvRow).join("");
        assert.deepEqual(pairs(text), rows);
      }),
    );
  });

  it("reads or refuses any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab,;\t"\r\n'.split("")), maxLength: 40 }), (text) => {
        try {
          const { rows, malformed } = parseLabelTable("x.csv", text);
          assert.ok(rows.length + malformed.length > 0 || text.trim() !== "");
        } catch (error) {
          assert.ok(error instanceof FormatError);
        }
      }),
    );
  });
});

describe("readLabelTable", () => {
  const folder = temporaryFolder();

  it("reads UTF-8 and UTF-16 with marks", async () => {
    const path = join(folder(), "é.csv");
    for (const bytes of [
      Buffer.from("\uFEFFfile,label\nü.jpg,größe\n"),
      Buffer.from("\uFEFFfile\tlabel\r\nü.jpg\tgröße\r\n", "utf16le"),
    ]) {
      await writeFile(path, bytes);
      const { rows } = await readLabelTable(path);
      assert.deepEqual(rows, [{ line: 2, file: "ü.jpg", label: "größe" }]);
    }
  });

  it("names a file that is missing, empty, a folder, or no text", async () => {
    const path = join(folder(), "bad.csv");
    await assert.rejects(readLabelTable(path), { name: "FileError", path });
    await assert.rejects(readLabelTable(folder()), { name: "FileError" });
    await writeFile(path, "");
    await assert.rejects(readLabelTable(path), { name: "FormatError", path });
    await writeFile(path, Buffer.from("file,label\n\xfc.jpg,cat\n", "latin1"));
    await assert.rejects(readLabelTable(path), { name: "FormatError", path, message: /UTF-8: save it so/ });
  });
});
