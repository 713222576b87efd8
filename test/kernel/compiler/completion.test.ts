import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Completion } from "#dist/kernel/compiler/compiled-cell.js";
import { CellNotebook } from "../../support/cell-notebook.js";
import { temporaryFolder } from "../../support/temporary.js";

/** Completes where `|` stands in the cell. */
function completeIn(notebook: CellNotebook, marked: string): Completion & { texts: string[] } {
  const found = notebook.compiler.complete(marked.replace("|", ""), marked.indexOf("|"));
  return { ...found, texts: found.matches.map(({ text }) => text) };
}

/** The cell after the first suggestion has been taken. */
function taken(notebook: CellNotebook, marked: string): string {
  const source = marked.replace("|", "");
  const { texts, start, end } = completeIn(notebook, marked);
  return source.slice(0, start) + texts[0] + source.slice(end);
}

describe("completion", () => {
  let notebook: CellNotebook;
  beforeEach(async () => {
    notebook = new CellNotebook();
    await notebook.run(
      "import { patchMap } from 'patchlab'; let counter = 1; class Thing { size = 1; 'odd-name' = 2; grow() {} } const thing = new Thing(); function add(a: number, b = 2) { return a + b } enum Level { High, Low } const maybe = [thing].find(() => true); type Options = { deep: { value: 1 | 2 } }",
    );
  });

  const cases: [marked: string, result: string][] = [
    ["thing.si|", "thing.size"],
    ["thing.si|\nthing", "thing.size\nthing"],
    ["count|", "counter"],
    ["co|unter + 1", "counter + 1"],
    ["const local = { inner: 1 };\nlocal.in|", "const local = { inner: 1 };\nlocal.inner"],
    ["for (const q of [1]) { q.toFix|", "for (const q of [1]) { q.toFixed"],
    ["if (thing.si|) {", "if (thing.size) {"],
    ["Level.Hi|", "Level.High"],
    ["maybe.gr|", "maybe?.grow"],
    ["new Thin|", "new Thing"],
    ["let z: Thin|", "let z: Thing"],
    ["`${coun|", "`${counter"],
    ["add(coun|", "add(counter"],
    ["patchMap([], { thresh|", "patchMap([], { threshold"],
    ["patchMap([], { threshold: '|' })", "patchMap([], { threshold: 'otsu' })"],
    ['patchMap([], { threshold: "ot|" })', 'patchMap([], { threshold: "otsu" })'],
    ["const o: Options = { deep: { va|", "const o: Options = { deep: { value"],
    ["import { patchM| } from 'patchlab'", "import { patchMap } from 'patchlab'"],
    ["import x from 'patchl|'", "import x from 'patchlab'"],
    ["import x from 'node:child_pro|'", "import x from 'node:child_process'"],
    ["import 'sha|", "import 'sharp"],
    ["console.lo|", "console.log"],
    ["displa|", "display"],
    ["COUNT|", "counter"],
    ["await impor|", "await import"],
    ["class Sub extends Thin|", "class Sub extends Thing"],
    ["thing['od|']", "thing['odd-name']"],
    ["function f(p: { first: number }) { p.fi| }", "function f(p: { first: number }) { p.first }"],
  ];
  for (const [marked, result] of cases)
    it(`${JSON.stringify(marked)} becomes ${JSON.stringify(result)}`, () =>
      assert.equal(taken(notebook, marked), result));

  it("members of a value come alone and once, with what they are", () => {
    const { matches } = completeIn(notebook, "thing.|");
    assert.deepEqual(
      matches.map(({ text, kind }) => [text, kind]),
      [
        ["grow", "method"],
        ["size", "property"],
      ],
    );
  });

  it("what a name is is told for names of earlier cells too, and how functions are called", () => {
    const kinds = Object.fromEntries(completeIn(notebook, "|").matches.map(({ text, kind }) => [text, kind]));
    const { thing, Thing, add, Level, counter, patchMap, display, class: keyword } = kinds;
    assert.deepEqual(
      { thing, Thing, add, Level, counter, patchMap, display, keyword },
      {
        thing: "variable",
        Thing: "class",
        add: "function",
        Level: "enum",
        counter: "variable",
        patchMap: "function",
        display: "function",
        keyword: "keyword",
      },
    );
    assert.equal(completeIn(notebook, "ad|").matches[0]?.signature, "(a: number, b?: number): number");
  });

  it("names of the notebook come before globals, and keywords last", () => {
    const { texts } = completeIn(notebook, "|");
    assert.equal(new Set(texts).size, texts.length);
    assert.ok(texts.indexOf("counter") < texts.indexOf("console"));
    assert.ok(texts.indexOf("console") < texts.indexOf("while"));
  });

  it("a name that the cell declares anew is the cell's own", () => {
    assert.deepEqual(completeIn(notebook, "const thing = { other: 1 };\nthing.|").texts, ["other"]);
  });

  it("nothing is suggested in comments, in free text and for what is nowhere", () => {
    for (const marked of ["// coun|", "'coun|'", "/* coun| */", "unknown_name.|", "zzzzqq|"])
      assert.deepEqual(completeIn(notebook, marked).texts, [], marked);
  });

  it("the replaced part is the word around the cursor, also where nothing fits", () => {
    const { start, end } = completeIn(notebook, "let x = zzz|qq + 1");
    assert.deepEqual([start, end], [8, 13]);
  });

  it("every offset of a cell, broken ones too, can be asked", () => {
    const source = `const a = { b: [\`x\${thing.size}\`, /re/ };\nimport { from 'patchlab\n@dec class { #p = 😀 }`;
    for (let offset = 0; offset <= source.length; offset++) {
      const { start, end } = notebook.compiler.complete(source, offset);
      assert.ok(0 <= start && start <= offset && offset <= end && end <= source.length, `${start} ${offset} ${end}`);
      notebook.compiler.inspect(source, offset);
    }
  });

  it("asking changes nothing for the cells that run", async () => {
    completeIn(notebook, "let counter = 'text'; cou|");
    assert.equal(await notebook.run("counter.toFixed(1)"), "1.0");
  });

  describe("of files", () => {
    const folder = temporaryFolder();

    it("a path goes on with the files and folders there", async () => {
      await mkdir(join(folder(), "lib"));
      await writeFile(join(folder(), "helper.ts"), "export const fromHelper = 1");
      await writeFile(join(folder(), "lib", "deep.ts"), "export const deep = 1");
      const here = new CellNotebook(folder());
      assert.deepEqual(completeIn(here, "import x from './|'").texts, ["helper", "lib"]);
      assert.equal(taken(here, "import x from './lib/d|'"), "import x from './lib/deep'");
      assert.equal(taken(here, "import { fromH| } from './helper'"), "import { fromHelper } from './helper'");
      assert.equal(taken(here, "await import('./he|')"), "await import('./helper')");
    });

    it("patchlab is suggested where it is not installed", () => {
      assert.equal(taken(new CellNotebook(folder()), 'import { } from "patch|"'), 'import { } from "patchlab"');
    });
  });
});
