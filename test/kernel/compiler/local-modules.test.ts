import assert from "node:assert/strict";
import { mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CellNotebook, type Refused } from "../../support/cell-notebook.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("files beside the notebook", () => {
  const folder = temporaryFolder();
  let notebook: CellNotebook;
  let writes = 0;

  async function write(file: string, text: string): Promise<string> {
    const path = join(folder(), file);
    await mkdir(join(path, ".."), { recursive: true });
    await writeFile(path, text);
    // two writes within the clock's grain must not look like one
    await utimes(path, new Date(), new Date(Date.now() + 1000 * ++writes));
    return path;
  }

  beforeEach(() => {
    notebook = new CellNotebook(folder());
  });

  it("a TypeScript file, those that it imports and JSON are compiled and told, however they are written", async () => {
    const inner = await write(
      "sub/inner.ts",
      "export const inner = 2; export const enum Level { High = 5 } export type T = number;",
    );
    const data = await write("data.json", '{ "a": [1, 2] }');
    const helper = await write(
      "helper.ts",
      `import { inner, Level, type T } from './sub/inner.js'; import data from './data.json';
export const twice = (x: T): number => x * inner; export default class H { level = Level.High }
export { data }; export * from './sub/inner'; export const lazy = () => import('./sub/inner');`,
    );
    const cell = notebook.compile(
      "import H, { twice, data, lazy } from './helper'; import { inner } from './helper.ts'; import raw from './data.json'; [new H().level, twice(3), data.a, raw.a, inner, (await lazy()).inner]",
    );
    assert.deepEqual(cell.imports, {
      "./helper": { kind: "typescript", file: helper },
      "./helper.ts": { kind: "typescript", file: helper },
      "./data.json": { kind: "json", file: data },
    });
    assert.deepEqual(cell.modules.map(({ file }) => file).sort(), [helper, inner].sort());
    assert.deepEqual(await notebook.evaluate(cell), [5, 6, [1, 2], [1, 2], 2, 2]);
  });

  it("JavaScript, declarations and packages are not listed", async () => {
    await write("plain.js", "export const p = 1;");
    await write("typed.js", "module.exports.q = 1;");
    await write("typed.d.ts", "export const q: number;");
    const { imports, modules } = notebook.compile(
      "import { p } from './plain.js'; import { q } from './typed'; import fs from 'node:fs'; [p, q, fs]",
    );
    assert.deepEqual([imports, modules], [{}, []]);
  });

  it("a declaration file may be named like one of the language's", async () => {
    await write("lib.mine.js", "export const own = 1;");
    await write("lib.mine.d.ts", "export const own: number;");
    assert.deepEqual(notebook.errors("import { own } from './lib.mine.js'; own.toFixed()"), []);
    assert.deepEqual(notebook.errors("import { other } from './lib.mine.js'"), ["1:10 TS2305"]);
  });

  it("a file that changed is read anew, for its types and for its code", async () => {
    await write("changing.ts", "export const q = 1");
    assert.equal(await notebook.run("import { q } from './changing'; q.toFixed(1)"), "1.0");
    await write("changing.ts", "export const q = 'abc'");
    assert.deepEqual(notebook.errors("import { q } from './changing'; q.toFixed(1)"), ["1:35 TS2551"]);
    assert.equal(await notebook.run("import { q } from './changing'; q.toUpperCase()"), "ABC");
  });

  it("a change two files away is read too", async () => {
    await write("far.ts", "export const far = 1");
    await write("near.ts", "export { far } from './far'");
    assert.equal(await notebook.run("import { far } from './near'; far"), 1);
    await write("far.ts", "export const far = 2");
    assert.equal(await notebook.run("import { far } from './near'; far"), 2);
  });

  it("a file that comes after the import failed is found, also where another file imports it", async () => {
    assert.deepEqual(notebook.errors("import { q } from './later'"), ["1:19 TS2307"]);
    await write("later.ts", "export { deeper as q } from './deeper'");
    assert.deepEqual(notebook.errors("import { q } from './later'"), ["1:29 TS2307"]);
    await write("deeper.ts", "export const deeper = 3");
    assert.equal(await notebook.run("import { q } from './later'; q"), 3);
    await rm(join(folder(), "later.ts"));
    assert.deepEqual(notebook.errors("import { q } from './later'"), ["1:19 TS2307"]);
  });

  it("errors in a file are told with its path and place", async () => {
    const bad = await write("bad.ts", "export const ok = 1;\nexport const x: number = 'a';\n");
    const worse = await write("worse.ts", "export const x = ;\n");
    const diagnosticsOf = (source: string): Refused["diagnostics"] => {
      try {
        notebook.compile(source);
      } catch (error) {
        return (error as Refused).diagnostics;
      }
      return [];
    };
    const [wrongType] = diagnosticsOf("import { x } from './bad'");
    assert.deepEqual([wrongType?.file, wrongType?.line, wrongType?.column, wrongType?.code], [bad, 2, 14, 2322]);
    const [syntax] = diagnosticsOf("import { x } from './worse'");
    assert.deepEqual([syntax?.file, syntax?.line, syntax?.column, syntax?.code], [worse, 1, 18, 1109]);
  });

  it("a wait at the top level of a file is refused, one in a function is not", async () => {
    await write(
      "waits.ts",
      "export const f = async () => { await 1; for await (const x of []) x; };\nexport const v = await f();",
    );
    assert.deepEqual(notebook.errors("import { f } from './waits'"), ["2:18 TS1378"]);
    await write("waits.ts", "export const f = async () => { await 1; return 2 };");
    assert.equal(await notebook.run("import { f } from './waits'; f()"), 2);
  });

  it("import.meta in a file is that file's", async () => {
    const file = await write(
      "meta.ts",
      "export const here = import.meta.filename;\nexport const { url, dirname } = import.meta",
    );
    assert.deepEqual(await notebook.run("import { here, dirname } from './meta'; [here, dirname]"), [file, folder()]);
  });

  it("files that import each other work", async () => {
    await write("a.ts", "import { b } from './b'; export const a = () => 1; export const viaB = () => b();");
    await write("b.ts", "import { a } from './a'; export const b = () => a() + 1;");
    assert.equal(await notebook.run("import { viaB } from './a'; viaB()"), 2);
  });
});
