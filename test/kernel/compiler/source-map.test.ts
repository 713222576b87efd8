import assert from "node:assert/strict";
import { SourceMap } from "node:module";
import fc from "fast-check";
import { CellNotebook } from "../../support/cell-notebook.js";

/** The place in the cell that belongs to the first `needle` of the compiled code, as "line:column". */
function placeOf(notebook: CellNotebook, source: string, needle: string): string {
  const { code, map } = notebook.compile(source);
  const offset = code.indexOf(needle);
  assert.notEqual(offset, -1, `${needle} is not in ${code}`);
  const line = code.slice(0, offset).split("\n").length - 1;
  const column = offset - (code.lastIndexOf("\n", offset - 1) + 1);
  const entry = new SourceMap(JSON.parse(map)).findEntry(line, column);
  return "originalLine" in entry ? `${entry.originalLine + 1}:${entry.originalColumn + 1}` : "nowhere";
}

describe("the source map of a cell", () => {
  it("leads to the line and column of a call, an expression and a throw", () => {
    const notebook = new CellNotebook();
    const source = "const a = 1;\n\nfunction fails(x: number) {\n  throw new Error('no ' + x);\n}\n  fails(a)";
    assert.equal(placeOf(notebook, source, "throw new"), "4:3");
    assert.equal(placeOf(notebook, source, "fails(a)"), "6:3");
    assert.equal(placeOf(notebook, source, "new Error"), "4:9");
  });

  it("leads to an import from the code that loads it, below the helper that stands before it", () => {
    const source = "// first\n\nimport { join } from 'node:path';\njoin('a')";
    const notebook = new CellNotebook();
    assert.equal(placeOf(notebook, source, "const [join]"), "3:1");
    assert.equal(placeOf(notebook, source, "join('a')"), "4:1");
  });

  it("leads to the use of an earlier cell's variable", async () => {
    const notebook = new CellNotebook();
    await notebook.run("let n = 1");
    assert.equal(placeOf(notebook, "1;\n  n++", "__cell.cells"), "2:3");
  });

  it("counts lines as they are where they end in CRLF, and columns in UTF-16 units", () => {
    const notebook = new CellNotebook();
    assert.equal(placeOf(notebook, "1;\r\n'😀', fail();\r\nfunction fail() {}", "fail()"), "2:7");
  });

  it("names the cell as its source", () => {
    const { map, label } = new CellNotebook().compile("1");
    assert.deepEqual(JSON.parse(map).sources, [label]);
  });

  it("leads from every call to its own line, however the lines before it look", () => {
    const notebook = new CellNotebook();
    const line = fc.constantFrom(
      "",
      "// note",
      "let x: number = 1;",
      "{ /* a\n b */ }",
      "type T = {\n  a: 1\n};",
      "`a\nb\n`;",
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (before) => {
        const unique = before.map((text, i) => text.replace("x", `x${i}`).replace("T", `T${i}`));
        const start = unique.map((text) => `${text}\n`).join("");
        const source = `${start}  marker();\nfunction marker() {}`;
        assert.equal(placeOf(notebook, source, "marker()"), `${start.split("\n").length}:3`);
      }),
      { numRuns: 25 },
    );
  });
});
