import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { libraryFile, readLibrary } from "#dist/kernel/compiler/library.js";
import { CellNotebook } from "../../support/cell-notebook.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("the library types of cells", () => {
  const folder = temporaryFolder();

  function place(name: string, declarations: string): void {
    const home = join(folder(), "node_modules", name);
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, "package.json"), JSON.stringify({ name, version: "1.0.0", types: "index.d.ts" }));
    writeFileSync(join(home, "index.d.ts"), declarations);
    writeFileSync(join(home, "index.js"), "");
  }

  it("hold the parts of the newest language that this Node has, and not those that it lacks", () => {
    const notebook = new CellNotebook();
    const known = (source: string): boolean => notebook.errors(source).length === 0;
    assert.ok(known("[3, 1].toSorted().findLast((x) => x > 1)!.toFixed()"));
    assert.ok(known("Object.groupBy([1, 2], (x) => (x > 1 ? 'big' : 'small')).big!.length"));
    assert.ok(known("Map.groupBy([1], (x) => x).size; Promise.withResolvers<number>().resolve(1)"));
    assert.equal(known("new Set([1]).union(new Set([2]))"), "union" in Set.prototype);
    assert.equal(known("Math.f16round(1)"), "f16round" in Math);
    assert.equal(known("Array.fromAsync([1])"), "fromAsync" in Array);
  });

  it("hold Node's modules and globals, and nothing of the browser", () => {
    const notebook = new CellNotebook();
    const source = `import { readFileSync } from "node:fs";
const bytes: Buffer = readFileSync("a");
const answer = await fetch(new URL("http://localhost"), { signal: AbortSignal.timeout(1) });
const text: string = await answer.text();
structuredClone(bytes); performance.now(); process.exitCode = 1; setTimeout(() => {}, 1).unref();`;
    assert.deepEqual(notebook.errors(source), []);
    assert.deepEqual(notebook.errors("document.title"), ["1:1 TS2584"]);
  });

  it("make room for what a package asks for: Node's types are there already, the browser's come for its sake", () => {
    place(
      "for-browsers",
      '/// <reference types="node" />\n/// <reference lib="es2020" />\n/// <reference lib="dom" />\nexport declare const title: HTMLTitleElement, bytes: Buffer;\n',
    );
    const notebook = new CellNotebook(folder());
    const source =
      'import { bytes, title } from "for-browsers";\nconst length: number = bytes.length + title.text.length;';
    assert.deepEqual(notebook.errors(source), []);
    assert.deepEqual(notebook.errors('import { title } from "for-browsers";\ntitle.nothing'), ["2:7 TS2339"]);
  });

  it("keep declarations in the order of the language's versions, on which overloads depend", () => {
    const { text, parts } = readLibrary(undefined);
    assert.ok(text.indexOf("interface ArrayConstructor") < text.indexOf("toSorted("));
    assert.ok(["es5", "es2015.promise", "es2023.array", "es2024.object"].every((part) => parts.has(part)));
    assert.ok(!parts.has("dom"));
    assert.ok(!/^\/\/\/\s*<reference\s+lib/m.test(text));
    assert.match(libraryFile("dom"), /lib\.dom\.d\.ts$/);
  });
});
