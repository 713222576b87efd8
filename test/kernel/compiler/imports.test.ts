import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CellNotebook, notebooks } from "../../support/cell-notebook.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("imports of a cell", () => {
  const folder = temporaryFolder();
  const at = (...parts: string[]): string => join(folder(), ...parts);

  async function write(file: string, text: string): Promise<void> {
    await mkdir(join(at(file), ".."), { recursive: true });
    await writeFile(at(file), text);
  }

  async function writePackage(name: string, files: Record<string, string>, manifest: object = {}): Promise<void> {
    await write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: "1.0.0", ...manifest }));
    for (const [file, text] of Object.entries(files)) await write(`node_modules/${name}/${file}`, text);
  }

  it("every form of import brings its names, which later cells know too", async () => {
    const notebook = new CellNotebook();
    await notebook.run(
      "import path, { join as j, type ParsedPath } from 'node:path'; import * as os from 'node:os'; import 'node:fs'; import url = require('node:url')",
    );
    assert.equal(await notebook.run("const p: ParsedPath = path.parse('/a.b'); j(p.name, p.ext)"), "a/.b");
    assert.deepEqual(await notebook.run("[typeof os.EOL, typeof url.pathToFileURL]"), ["string", "function"]);
    assert.equal(await notebook.run("import { sep as j } from 'node:path'; j"), "/");
    assert.equal(await notebook.run("typeof (await import('node:url')).pathToFileURL"), "function");
  });

  it("an import that only brings types loads nothing", () => {
    const { code } = new CellNotebook().compile(
      "import type { Stats } from 'node:fs'; import { type Dirent } from 'node:fs'; import { ParsedPath } from 'node:path'; let s: Stats | Dirent | ParsedPath | undefined",
    );
    assert.doesNotMatch(code, /import\(/);
  });

  it("exports mean nothing in a cell, and do no harm", async () => {
    const notebook = new CellNotebook();
    assert.equal(
      await notebook.run("export { basename } from 'node:path'; export * from 'node:os'; export type T = 1; 3"),
      3,
    );
    assert.equal(
      await notebook.run("export const ex = 3; export function f() { return ex } export { ex as other }; f()"),
      3,
    );
    assert.equal(await notebook.run("const t: T = 1; ex + f() + t"), 7);
    assert.equal(await notebook.run("export default class Named { a = 1 }"), undefined);
    assert.equal(await notebook.run("new Named().a"), 1);
    assert.equal(await notebook.run("export default class {}; export { Named }; 4"), 4);
    assert.equal(await notebook.run("export default function () { return 1 }"), undefined);
    assert.equal(await notebook.run("export default 5"), 5);
  });

  it("import.meta is what the kernel gives", async () => {
    assert.equal(await new CellNotebook().run("import.meta.dirname"), notebooks);
  });

  it("a name that the types promise and the module lacks is an error that names both", async () => {
    await writePackage(
      "liar",
      { "index.mjs": "export const there = 1", "index.d.ts": "export const there: number, gone: number" },
      { main: "index.mjs", types: "index.d.ts" },
    );
    const notebook = new CellNotebook(folder());
    assert.equal(await notebook.run("import { there } from 'liar'; there"), 1);
    await assert.rejects(notebook.run("import { gone } from 'liar'"), {
      name: "SyntaxError",
      message: 'The module "liar" has no export named "gone"',
    });
  });

  it("names and the default of a CommonJS package are found as a bundler finds them", async () => {
    const dynamic =
      "const all = { hidden: 1 }; module.exports = Object.assign(() => 2, all, { __esModule: true, default: () => 3 })";
    await writePackage("cjs", {
      "index.js": dynamic,
      "index.d.ts": "export const hidden: number; export default function (): number",
    });
    assert.deepEqual(await new CellNotebook(folder()).run("import f, { hidden } from 'cjs'; [f(), hidden]"), [3, 1]);
  });

  it("types that are installed later than their package are found", async () => {
    await writePackage("plain-js", { "index.js": "exports.n = 1" });
    const notebook = new CellNotebook(folder());
    assert.deepEqual(notebook.errors("import { n } from 'plain-js'; n.nothing"), []);
    await writePackage("@types/plain-js", { "index.d.ts": "export const n: number" }, { types: "index.d.ts" });
    assert.deepEqual(notebook.errors("import { n } from 'plain-js'; n.nothing;"), ["1:33 TS2339"]);
  });

  it("a package whose types ask for a browser's brings the browser's names, and others do not", async () => {
    await writePackage(
      "browser",
      { "index.js": "", "index.d.ts": '/// <reference lib="dom" />\nexport const body: HTMLElement' },
      { types: "index.d.ts" },
    );
    const notebook = new CellNotebook(folder());
    assert.equal(notebook.errors("document.title").length, 1);
    assert.deepEqual(notebook.errors("import { body } from 'browser'; body.title.length; document.title"), []);
  });

  it("a package without types is any", async () => {
    await writePackage("untyped", { "index.js": "exports.a = { b: 1 }" });
    assert.equal(await new CellNotebook(folder()).run("import { a } from 'untyped'; a.b.toFixed(1)"), "1.0");
  });

  it("a package of ES modules alone, found by its exports, is typed and loads", async () => {
    await writePackage(
      "esm-only",
      { "lib/main.js": "export const v = 'esm'", "lib/main.d.ts": "export declare const v: string" },
      { type: "module", exports: { ".": { types: "./lib/main.d.ts", import: "./lib/main.js" } } },
    );
    const notebook = new CellNotebook(folder());
    assert.deepEqual(notebook.errors("import { v } from 'esm-only'; v.length"), []);
    assert.deepEqual(notebook.errors("import { w } from 'esm-only'"), ["1:10 TS2305"]);
  });

  it("a package that is installed after its import failed is found the next time, the cell being the same", async () => {
    const notebook = new CellNotebook(folder());
    const source = "import { late } from 'late-package'; late";
    assert.deepEqual(notebook.errors(source), ["1:22 TS2307"]);
    assert.deepEqual(notebook.errors(source), ["1:22 TS2307"]);
    await writePackage("late-package", { "index.js": "exports.late = 1", "index.d.ts": "export const late: number" });
    assert.equal(await notebook.run(source), 1);
  });

  it("patchlab is typed in a folder that has no copy of it", () => {
    const notebook = new CellNotebook(folder());
    assert.deepEqual(
      notebook.errors("import { show, type Matrix } from 'patchlab'; let m: Matrix | undefined; show"),
      [],
    );
    assert.deepEqual(notebook.errors("import { shown } from 'patchlab'"), ["1:10 TS2724"]);
  });

  it("a folder's own copy of patchlab comes first", async () => {
    const own = at("with own copy");
    await write(
      "with own copy/node_modules/patchlab/package.json",
      '{ "name": "patchlab", "main": "i.js", "types": "i.d.ts" }',
    );
    await write("with own copy/node_modules/patchlab/i.d.ts", "export const older: true");
    await write("with own copy/node_modules/patchlab/i.js", "exports.older = true");
    const notebook = new CellNotebook(own);
    assert.equal(await notebook.run("import { older } from 'patchlab'; older"), true);
    assert.deepEqual(notebook.errors("import { show } from 'patchlab'"), ["1:10 TS2305"]);
  });

  it("Node's types are known in a folder without any, and its own modules come before packages of their name", async () => {
    await writePackage("events", { "index.js": "exports.fake = 1", "index.d.ts": "export const fake: number" });
    const notebook = new CellNotebook(folder());
    assert.deepEqual(
      notebook.errors("import { EventEmitter } from 'events'; new EventEmitter().on; Buffer.from('a'); process.pid"),
      [],
    );
    assert.deepEqual(notebook.errors("import { fake } from 'events'"), ["1:10 TS2305"]);
  });
});
