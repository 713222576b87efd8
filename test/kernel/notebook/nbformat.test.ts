import assert from "node:assert/strict";
import fc from "fast-check";
import { FormatError } from "#dist/core/errors.js";
import { formatNotebook, parseNotebook, toFileOutput } from "#dist/kernel/notebook/nbformat.js";

const cell = { cell_type: "code", execution_count: null, id: "a", metadata: {}, outputs: [], source: ["1"] };
const minimal = { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 };
const withMetadata = (metadata: object): string => JSON.stringify({ ...minimal, metadata });

describe("formatNotebook(notebook)", () => {
  it("writes sorted keys with one space of indent and a line end, as nbformat.write does", () => {
    // The text is what Python's nbformat 5.11.1 wrote for these values.
    const text = `{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": null,
   "id": "a",
   "metadata": {},
   "outputs": [],
   "source": [
    "\\"ü\\""
   ]
  }
 ],
 "metadata": {
  "Zebra": 1,
  "kernelspec": {
   "display_name": "patchlab (TypeScript)",
   "language": "typescript",
   "name": "patchlab"
  }
 },
 "nbformat": 4,
 "nbformat_minor": 5
}
`;
    assert.equal(formatNotebook(parseNotebook("a.ipynb", text)), text);
  });

  it("keeps every field that it does not know", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const known = { ...minimal, extra: value, metadata: { extra: value }, cells: [{ ...cell, extra: value }] };
        const text = JSON.stringify(known);
        assert.deepEqual(JSON.parse(formatNotebook(parseNotebook("a.ipynb", text))), JSON.parse(text));
      }),
    );
  });
});

describe("toFileOutput(output)", () => {
  it("splits text into lines that join to the same text", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "\n", "\r", "ü", " ") }), (text) => {
        const { text: split } = toFileOutput({ output_type: "stream", name: "stdout", text }) as { text: string[] };
        assert.equal(split.join(""), text);
        for (const line of split) assert.match(line, /^[^\n]*\n$|^[^\n]+$/);
      }),
    );
  });

  it("keeps base64 and JSON whole", () => {
    const data = { "image/png": "iVBO", "application/json": { a: "b\nc" }, "text/html": "<b>\n</b>" };
    const output = toFileOutput({ output_type: "display_data", data, metadata: {} });
    assert.deepEqual(output.data, { ...data, "text/html": ["<b>\n", "</b>"] });
  });
});

describe("parseNotebook(path, text)", () => {
  for (const [what, text, message] of [
    ["text that is not JSON", "# notebook", /not JSON/],
    ["an empty file", "", /not JSON/],
    ["JSON that is no notebook", "[1]", /no nbformat/],
    ["null", "null", /no nbformat/],
    ["an older nbformat", '{"nbformat": 3, "worksheets": []}', /nbformat 4, not 3: open and save it in Jupyter/],
    ["a notebook without cells", '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}', /cells/],
    ["a cell without source", JSON.stringify({ ...minimal, cells: [{ cell_type: "code", metadata: {} }] }), /cells\.0/],
    ["a Python notebook", withMetadata({ kernelspec: { name: "python3", language: "python" } }), /language is python/],
    ["a language_info of R", withMetadata({ language_info: { name: "R" } }), /language is R/],
    ["the kernel of another language", withMetadata({ kernelspec: { name: "ir" } }), /kernel is ir/],
  ] as const) {
    it(`refuses ${what}, naming the file`, () => {
      assert.throws(
        () => parseNotebook("some/a.ipynb", text),
        (error: Error) => {
          assert.ok(error instanceof FormatError);
          assert.match(error.message, /^some\/a\.ipynb: /);
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }

  it("takes a notebook that names no language, and those of tslab", () => {
    assert.equal(parseNotebook("a", JSON.stringify(minimal)).cells.length, 1);
    assert.equal(parseNotebook("a", withMetadata({ kernelspec: { name: "tslab" } })).cells.length, 1);
  });
});
