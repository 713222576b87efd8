import assert from "node:assert/strict";
import { CellNotebook, type Refused } from "../../support/cell-notebook.js";

function diagnosticsOf(source: string, notebook: CellNotebook = new CellNotebook()): Refused["diagnostics"] {
  const made = notebook.compiler.compile(source, "cell [9]");
  return made.ok ? [] : made.diagnostics;
}

describe("errors of a cell", () => {
  const places: [source: string, place: string[]][] = [
    ["const a: number = 'x'", ["1:7 TS2322"]],
    ["const a = ", ["1:10 TS1109"]],
    ["let a = 1;\n\n  foo(a, b);\n", ["3:3 TS2304", "3:10 TS2304"]],
    ["let a = 1;\r\nfoo(a)\r\n", ["2:1 TS2304"]],
    ["const s = '😀'; s.foo", ["1:19 TS2339"]],
    ["return 5", ["1:1 TS1108"]],
    ["function f() { await 1 }", ["1:16 TS1308"]],
    ["import x from 'nope'", ["1:15 TS2307"]],
    ["if (1) {", ["1:9 TS1005"]],
    ["`abc", ["1:5 TS1160"]],
    ["/* abc", ["1:7 TS1010"]],
    ["x = = 1", ["1:5 TS1109"]],
    ["const a = 1; const a = 2", ["1:7 TS2451", "1:20 TS2451"]],
    ["a = 1; const a = 2", ["1:1 TS2448", "1:1 TS2588"]],
    ["yield 1", ["1:1 TS1163"]],
    ["// @ts-expect-error\n", ["1:1 TS2578"]],
    ["let x; x.foo; x = 1; x.foo", ["1:8 TS18048", "1:24 TS2339"]],
    ["const f = (x: string) => x; f(1, 2)", ["1:34 TS2554"]],
    ["document", ["1:1 TS2584"]],
    ["const __cell = 1", ["1:7 TS2397"]],
    ["class A { constructor() { this.b } }", ["1:32 TS2339"]],
  ];
  for (const [source, wanted] of places)
    it(`${JSON.stringify(source)} is wrong at ${wanted.join(" and ")}`, () =>
      assert.deepEqual(new CellNotebook().errors(source), wanted));

  for (const source of [
    "function f(x, { y }, ...z) { return x.y + y + z } f(1, { y: 2 })",
    "const o = {}; const k: string = 'a'; o[k]; const list = []; list.push(1); let later; later = 1; later = 'a'",
    "const rows = []; for (let i = 0; i < 3; i++) rows.push({ i }); rows[0].i.toFixed()",
    "try { throw 1 } catch (error) { error.message }",
    "function Old() { this.x = 1 }",
    "label: for (;;) { break }",
    "(() => { return 1; 2 })()",
    "// @ts-expect-error\nfoo",
    "// @ts-ignore\nfoo",
  ])
    it(`${JSON.stringify(source)} is fine in a notebook`, () =>
      assert.deepEqual(new CellNotebook().errors(source), []));

  for (const [source, isThere] of [
    ["[3, 1].toSorted()", true],
    ["Object.groupBy([1], () => 'a')", true],
    ["Promise.withResolvers()", true],
    ["Array.fromAsync([1])", "fromAsync" in Array],
    ["new Set([1]).union(new Set([2]))", "union" in Set.prototype],
    ["[1].values().map((x) => x)", "Iterator" in globalThis],
    ["Promise.try(() => 1)", "try" in Promise],
  ] as const)
    it(`${source} is ${isThere ? "known" : "unknown"}, as this Node runs it`, () =>
      assert.equal(new CellNotebook().errors(source).length, isThere ? 0 : 1));

  it("an error marks what is wrong, within its line", () => {
    const [first] = diagnosticsOf("const value: { a: 1 } = {\n  b: 1,\n}");
    assert.deepEqual([first?.line, first?.column, first?.length], [2, 3, 1]);
    const [second] = diagnosticsOf("unknown_name(\n1)");
    assert.equal(second?.length, "unknown_name".length);
    const [third] = diagnosticsOf("const n: number = class {\n  a = 1\n}");
    assert.ok((third?.length ?? 0) <= "const n: number = class {".length);
  });

  it("a message spells out what TypeScript says, reasons included", () => {
    const [first] = diagnosticsOf("const a: { b: { c: number } } = { b: { c: 'x' } }; const d: { e: number } = a");
    assert.match(first?.message ?? "", /^Type 'string' is not assignable to type 'number'\.$/);
    const [second] = diagnosticsOf("const a = { b: { c: 'x' } }; const d: { b: { c: number } } = a");
    assert.match(second?.message ?? "", /is not assignable to type .*\n.*The types of 'b\.c' are incompatible/s);
  });

  it("types of two cells with one name are told apart by their cells", async () => {
    const notebook = new CellNotebook();
    await notebook.run("class Model { a = 1 } let m = new Model()");
    assert.match(
      diagnosticsOf("class Model { b = 1 }\nm = new Model()", notebook)[0]?.message ?? "",
      /^Property 'a' is missing in type 'Model \(of this cell\)' but required in type 'Model \(of cell \[1\]\)'/,
    );
  });

  it("a name that was mistyped is recognised among those of all cells", async () => {
    const notebook = new CellNotebook();
    await notebook.run("const embedding = 1");
    assert.equal(
      diagnosticsOf("embeding + 1", notebook)[0]?.message,
      "Cannot find name 'embeding'. Did you mean 'embedding'?",
    );
  });

  it("advice that only fits a project with settings is left out", () => {
    assert.equal(diagnosticsOf("document.title")[0]?.message, "Cannot find name 'document'.");
  });

  it("of very many errors the first are told, and how many more there are", () => {
    const found = diagnosticsOf(Array.from({ length: 33 }, (_, i) => `unknown${i};`).join("\n"));
    assert.equal(found.length, 20);
    assert.equal(found[19]?.line, 20);
    assert.match(found[19]?.message ?? "", /\(and 13 more errors\)$/);
  });

  it("a constant, class or function of an earlier cell cannot be assigned", async () => {
    const notebook = new CellNotebook();
    await notebook.run("const c = { a: 1 }; function f() {} class K {}");
    assert.deepEqual(notebook.errors("c = { a: 2 }"), ["1:1 TS2588"]);
    assert.equal(notebook.errors("f = () => {}").length, 1);
    assert.equal(notebook.errors("K = class {}").length, 1);
    assert.equal(await notebook.run("c.a = 3; c.a"), 3);
  });

  it("a cell with an error changes nothing: its names stay unknown and the old ones known", async () => {
    const notebook = new CellNotebook();
    await notebook.run("let n = 1");
    assert.equal(notebook.errors("let n = 'a'; const fresh = 1; nope").length, 1);
    assert.deepEqual(notebook.errors("fresh"), ["1:1 TS2304"]);
    assert.equal(await notebook.run("n.toFixed(1)"), "1.0");
  });
});
