import assert from "node:assert/strict";
import { ArgumentError } from "#dist/core/errors.js";
import type { Notebook, NotebookCell } from "#dist/kernel/notebook/nbformat.js";
import { injectParameters } from "#dist/kernel/notebook/parameters.js";

const cell = (source: string, ...tags: string[]): NotebookCell => ({ cell_type: "code", source, metadata: { tags } });
const notebook = (...cells: NotebookCell[]): Notebook => ({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells });
const sources = ({ cells }: Notebook): unknown[] => cells.map(({ source }) => source);

describe("injectParameters(notebook, parameters)", () => {
  it("adds a tagged cell with an id behind the one tagged parameters, with values as JSON has them, by assignment where it can be", () => {
    const book = notebook(
      cell("first"),
      cell("let size = 1, name = '';\nconst flag = false;", "parameters"),
      cell("last"),
    );
    const unknown = injectParameters(book, { size: 2.5, name: 'a "b" </script>', flag: true, list: [1, null] });
    const code = '// Parameters\nsize = 2.5;\nname = "a \\"b\\" </script>";\nlet flag = true;\nlet list = [1,null];';
    assert.deepEqual(sources(book), ["first", "let size = 1, name = '';\nconst flag = false;", code, "last"]);
    assert.deepEqual(book.cells[2]!.metadata.tags, ["injected-parameters"]);
    assert.match(book.cells[2]!.id as string, /^[0-9a-f]{8}$/);
    assert.deepEqual(unknown, ["list"]);
  });

  it("replaces the cell of an earlier run", () => {
    const book = notebook(cell("let a = 1;", "parameters"), cell("old", "injected-parameters"), cell("last"));
    assert.deepEqual(injectParameters(book, { a: 2 }), []);
    assert.deepEqual(sources(book), ["let a = 1;", "// Parameters\na = 2;", "last"]);
  });

  it("adds it at the top of a notebook without a cell for parameters, and knows of no misspelling there", () => {
    const book = notebook(cell("first"));
    assert.deepEqual(injectParameters(book, { größe: 1 }), []);
    assert.deepEqual(sources(book), ["// Parameters\nlet größe = 1;", "first"]);
  });

  it("refuses names that are none and values that JSON cannot hold", () => {
    for (const bad of [
      { "a b": 1 },
      { "1x": 1 },
      { "a=1;evil": 1 },
      { class: 1 },
      { let: 1 },
      { f: () => 1 },
      { u: undefined },
    ])
      assert.throws(() => injectParameters(notebook(), bad), ArgumentError);
  });
});
