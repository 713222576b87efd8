import assert from "node:assert/strict";
import { CellNotebook } from "../../support/cell-notebook.js";

/** Runs cells one after the other in a notebook of their own and compares the value of each. */
async function expectValues(cells: readonly (readonly [source: string, value: unknown])[]): Promise<void> {
  const notebook = new CellNotebook();
  for (const [source, value] of cells) assert.deepEqual(await notebook.run(source), value, source);
}

describe("names across cells", () => {
  it("properties that are called like a variable of an earlier cell stay properties", async () => {
    const notebook = new CellNotebook();
    await notebook.run("let log = 1, length = 5, map = 2, name = 'n';");
    assert.deepEqual(
      await notebook.run(
        "const { length: n } = [1]; const all = { length, map: 7 }; [n, [1, 2].length, [3].map((x) => x), new Error('e').name, all.length, all.map, log, map]",
      ),
      [1, 2, [3], "Error", 5, 7, 1, 2],
    );
  });

  it("declarations for all files can be made again, changed, and beside others", async () => {
    const notebook = new CellNotebook();
    await notebook.run("declare global { var gauge: number; type Unit = 'px' }");
    await notebook.run("declare global { var other: boolean }");
    await notebook.run("declare global { var gauge: string; type Unit = 'mm' }");
    assert.deepEqual(notebook.errors("gauge.length; other === true; const u: Unit = 'mm';"), []);
    assert.deepEqual(notebook.errors("const u: Unit = 'px';"), ["1:7 TS2322"]);
  });

  it("a constant can be declared anew with another type, and later cells see the new one", () =>
    expectValues([
      ["const x = 1; x", 1],
      ["const x = 'a'; x.length", 1],
      ["x.toUpperCase()", "A"],
      ["var x = [x0()]; function x0() { return 5 }", undefined],
      ["x[0].toFixed(1)", "5.0"],
    ]));

  it("a class can be declared anew, and objects of the old one stay what they were", () =>
    expectValues([
      ["class A { a = 1 } new A().a", 1],
      ["const old = new A(); old instanceof A", true],
      ["class A { z = 3 } new A().z", 3],
      ["old.a", 1],
      ["(old as object) instanceof A", false],
    ]));

  it("a function keeps the binding that it was compiled against when the name is declared anew", () =>
    expectValues([
      ["function f() { return 1 } let n = 1", undefined],
      ["const g = () => f() + n", undefined],
      ["function f() { return 'x' } let n = 'y'; f() + n", "xy"],
      ["g()", 2],
    ]));

  it("a variable that a later cell assigns changes for the functions of the earlier one", () =>
    expectValues([
      ["let n = 1; const inc = () => ++n;", undefined],
      ["n = 10; inc()", 11],
      ["n", 11],
      ["n++; n += 2; --n; n ??= 0; n", 13],
      ["inc() + n", 28],
    ]));

  it("every form of assignment reaches the variable of an earlier cell", () =>
    expectValues([
      ["let n = 0, m = 0", undefined],
      ["[n, [m]] = [5, [6]]; [n, m]", [5, 6]],
      ["({ n, q: m } = { n: 7, q: 8 }); [n, m]", [7, 8]],
      ["({ n = 9, ...(globalThis as any).rest } = {}); n", 9],
      ["for (n of [1, 2]) {} n", 2],
      ["let text; for (text in { key: 1 }) {} text", "key"],
      ["for (text in { other: 1 }) {} text", "other"],
      ["(n) = 3; (n as number) = 4; n!++; n", 5],
      ["[n = 11] = []; n", 11],
    ]));

  it("a variable of an earlier cell can be named in short properties, templates, tags and typeof", () =>
    expectValues([
      ["let n = 4; let tag = (s: TemplateStringsArray, v: number) => s[0]! + v", undefined],
      ["({ n, m: { n } })", { n: 4, m: { n: 4 } }],
      [`\`\${n} \${typeof n}\``, "4 number"],
      [`tag\`a\${n}\``, "a4"],
      ["type N = typeof n; const k: N = n; [k, ...[n]]", [4, 4]],
    ]));

  it("a function in a variable of an earlier cell is called without a `this`", () =>
    expectValues([
      [
        "let h = function (this: unknown) { return this }; let tag = function (this: unknown, _: TemplateStringsArray) { return this }",
        undefined,
      ],
      ["[h(), (h)(), h!(), h?.(), (h as () => unknown)()]", [undefined, undefined, undefined, undefined, undefined]],
      ["tag`a`", undefined],
    ]));

  it("an inner scope that declares the same name is its own", () =>
    expectValues([
      ["let y = 1; const z = 2;", undefined],
      ["const inner = (y: number) => { let z = y; z++; return { y, z } }; inner(5)", { y: 5, z: 6 }],
      ["{ let y = 'in'; y += '!' } y", 1],
      ["for (let y = 0; y < 2; y++) {} try { throw 3 } catch (y) { y = 4 } y", 1],
      ["function preset(y = 4, { z } = { z: 1 }) { y++; return y + z } preset()", 6],
      ["y: for (;;) { break y } ({ y: 5, z: y }).z + ({ y() { return y } }).y()", 2],
      ["class K { y = y; static s = y; z() { return this.y + y } } [new K().y, K.s, new K().z()]", [1, 1, 2]],
      ["const f = function y(): unknown { return y }; f() === f", true],
    ]));

  it("private fields, static members and instanceof work across cells", () =>
    expectValues([
      [
        "class P { #x = 1; get x() { return this.#x } static make() { return new P() } static has(o: object) { return #x in o } }",
        undefined,
      ],
      ["[P.make().x, new P() instanceof P, P.has(new P())]", [1, true, true]],
      ["class Q extends P { y = 2 } new Q().x + new Q().y", 3],
    ]));

  it("enums, constant enums and namespaces are values and types in later cells", () =>
    expectValues([
      [
        "enum E { A, B = 'b' } const enum C { X = 7 } namespace N { export const v = 1; export type T = number } E.A",
        0,
      ],
      ["const e: E = E.B; const c: C = C.X; const t: N.T = N.v; [e, c, t, E[0]]", ["b", 7, 1, "A"]],
      ["namespace Types { export type T = string }", undefined],
      ["const s: Types.T = 'q'; s", "q"],
      ["import T = N.v; T", 1],
    ]));

  it("standard decorators work, on a class that is declared anew too", () =>
    expectValues([
      ["const seen: unknown[] = []; function log(_: unknown, c: DecoratorContext) { seen.push(c.name) }", undefined],
      ["@log class D { @log m() { return 4 } } new D().m()", 4],
      ["@log class D { @log k = 5 } new D().k", 5],
      ["seen", ["m", "D", "k", "D"]],
    ]));

  it("types, generics and merged declarations are known to later cells", () =>
    expectValues([
      ["interface Box<T> { v: T } type Pair<A, B = A> = [A, B]; const b: Box<string> = { v: 'x' }; b.v", "x"],
      ["const p: Pair<number> = [1, 2]; const n: Box<number> = { v: p[1] }; n.v", 2],
      ["const S = { p: 1 }; type S = { p: number }; const s: S = S; s", { p: 1 }],
      ["const s2: S = S; s2.p", 1],
      ["type S = string; const s3: S = 'a'; s3", "a"],
      [
        "function over(a: number): number; function over(a: string): string; function over(a: any) { return a } over('x')",
        "x",
      ],
      ["over(3) satisfies number", 3],
    ]));

  it("a constant keeps the width of its type: a copy of it can be assigned, an exact one stays exact", () =>
    expectValues([
      [
        "const size = 224; const exact = 'a' as const; let wide = 1; const list = []; list.push(1); let later",
        undefined,
      ],
      [
        "let copy = size; copy = 5; const a: 'a' = exact; wide = 2; later = 3; later = 'x'; [copy, wide, later]",
        [5, 2, "x"],
      ],
      ["list.push('s'); later = { a: 1 }; list", [1, "s"]],
    ]));

  it("every plain type is the same in the next cell", async () => {
    const notebook = new CellNotebook();
    await notebook.run(
      "const n = 1 + 1; let s = 'a'; const neg = -1.5; const text = 'q\"uo\\n😀'; const big = 5n; const yes = true; let flag = false; const nothing = null; let any: any; let unknown: unknown; const long = 'x'.repeat(3); const u = undefined; const key = Symbol(); enum E { A } const e = E.A; const either = [1 as const, 2 as const][0]!",
    );
    const types =
      "number string number string bigint boolean boolean object undefined undefined string undefined symbol number number";
    assert.equal(
      await notebook.run(
        "[n, s, neg, text, big, yes, flag, nothing, any, unknown, long, u, key, e, either].map((x) => typeof x).join(' ')",
      ),
      types,
    );
    const exact =
      "const a: -1.5 = neg; const b: true = yes; const c: typeof key = key; const d: E = e; const f: 1 | 2 = either; const g: null = nothing; any.x; flag = true";
    assert.deepEqual(notebook.errors(exact), []);
    const wide = "let a = neg; a = 2; let b = text; b = ''; let c = yes; c = false; let d = either; ";
    assert.deepEqual(notebook.errors(wide), []);
    assert.deepEqual(notebook.errors("unknown.x; n.nope; text.nope; E.B"), [
      "1:1 TS18046",
      "1:14 TS2339",
      "1:25 TS2339",
      "1:33 TS2339",
    ]);
  });

  it("a counter over hundreds of runs of its cell goes on", async () => {
    const notebook = new CellNotebook();
    await notebook.run("const next = 1");
    for (let i = 0; i < 300; i++) {
      await notebook.run("const last = next + 0");
      await notebook.run("const next = last + 1");
    }
    assert.equal(await notebook.run("next"), 301);
  });

  it("a name that an earlier cell checked for undefined is checked in functions of this one too", () =>
    expectValues([
      ["const maybe = [{ a: 1 }].find((x) => x.a === 1)", undefined],
      ["if (!maybe) throw new Error(); [1].map(() => maybe.a)", [1]],
    ]));

  it("destructured names are names of the cell, wherever they stand", () =>
    expectValues([
      [
        "const { a, b: { c: [d, ...e] }, ...rest } = { a: 1, b: { c: [2, 3, 4] }, z: 5 }; let [u, v = 3] = [1]",
        undefined,
      ],
      ["[a, d, e, rest.z, u, v]", [1, 2, [3, 4], 5, 1, 3]],
      ["[u, v] = [v, u]; [u, v]", [3, 1]],
    ]));

  it("`var` in blocks, loops, labels and switches belongs to the notebook, and `let` there does not", async () => {
    const notebook = new CellNotebook();
    await notebook.run(
      "if (true) { var q2 = 2; for (var q3 = 0; q3 < 3; q3++) {} } try {} finally { var q4 = 4 } switch (1) { case 1: var q5 = 1 } lab: { var q6 = 2 } { let q7 = 1; q7 }",
    );
    assert.deepEqual(await notebook.run("[q2, q3, q4, q5, q6]"), [2, 3, 4, 1, 2]);
    assert.deepEqual(notebook.errors("q7"), ["1:1 TS2304"]);
  });

  it("names that mean something to JavaScript or to modules can be the user's", () =>
    expectValues([
      [
        "const constructor = 1, exports = 2, module = 3, process = 4, toString = 6, hasOwnProperty = 7, require = 8, Object = 9",
        undefined,
      ],
      ["constructor + exports + module + process + toString + hasOwnProperty + require + Object", 40],
      [
        "let console = 1; let v = 3, w = 4; const of = 3, async = 4, get = 5, type = 6, as = 7, from = 8, name = 9",
        undefined,
      ],
      ["v = 5; w = 6; console = 2; console + v + w + of + async + get + type + as + from + name", 55],
      ["let __proto__ = 1; const display = 4", undefined],
      ["__proto__ = 2; [__proto__, display]", [2, 4]],
      ["const __proto__ = 3", undefined],
      ["__proto__", 3],
    ]));

  it("names in any script, astral letters and escapes among them", () =>
    expectValues([
      ["const größe = 1, 名 = '😀', 𠮷 = 4; let \\u0061b = 7; 名", "😀"],
      ["[名.length, größe, 𠮷, ab]", [2, 1, 4, 7]],
      ["ab = 8; ab", 8],
    ]));

  it("a cell that throws leaves the names that it had initialised, and no others", async () => {
    const notebook = new CellNotebook();
    await notebook.run("const kept = 'old'");
    await assert.rejects(
      notebook.run("const before = 1; type T = number; throw new Error('stop'); const kept = 2; class After {}"),
    );
    assert.equal(await notebook.run("const t: T = before; kept"), "old");
    assert.deepEqual(notebook.errors("new After()"), ["1:5 TS2304"]);
  });

  it("a cell that was compiled but not committed leaves nothing", () => {
    const notebook = new CellNotebook();
    notebook.compile("const nobody = 1; type Nothing = 1");
    assert.deepEqual(notebook.errors("nobody"), ["1:1 TS2304"]);
    assert.deepEqual(notebook.errors("let x: Nothing"), ["1:8 TS2304"]);
  });

  it("what the compiler compiles for practice leaves nothing, also between a cell's compilation and its end", async () => {
    const notebook = new CellNotebook();
    const cell = notebook.compile("const real = 1; type Real = number");
    notebook.compiler.practise();
    assert.equal(await notebook.evaluate(cell), undefined);
    notebook.compiler.practise();
    assert.equal(await notebook.run("const r: Real = real; r"), 1);
    assert.deepEqual(notebook.errors("practice"), ["1:1 TS2304"]);
    assert.equal(notebook.compile("1").id, cell.id + 2);
  });

  it("a reset forgets names, types and declarations for all files", async () => {
    const notebook = new CellNotebook();
    await notebook.run("const gone = 1; declare global { interface Array<T> { gone(): T } }");
    assert.deepEqual(notebook.errors("gone; [1].gone"), []);
    notebook.compiler.reset();
    assert.deepEqual(notebook.errors("gone; [1].gone"), ["1:1 TS2304", "1:11 TS2339"]);
  });

  it("what a name's type follows from stays, however often everything around it is declared anew", async () => {
    const notebook = new CellNotebook();
    await notebook.run("class A { deep = { x: 1 } }");
    await notebook.run("const inner = new A()");
    await notebook.run("const kept = () => inner.deep");
    for (let i = 0; i < 3; i++) await notebook.run(`class A { other = ${i} } const inner = ${i}`);
    assert.equal(await notebook.run("kept().x.toFixed(1)"), "1.0");
    assert.deepEqual(notebook.errors("kept().y; new A().deep"), ["1:8 TS2339", "1:19 TS2339"]);
  });

  it("ambient declarations tell of what is there already", () =>
    expectValues([
      [
        "declare const fromElsewhere: number; declare function alsoThere(): string; (globalThis as any).fromElsewhere = 4",
        4,
      ],
      ["fromElsewhere + 1", 5],
      ["declare global { var gg: number } globalThis.gg = 3; gg", 3],
      ["gg + 1", 4],
      ["delete (globalThis as any).fromElsewhere", true],
    ]));

  it("a cell whose names were all declared anew can be forgotten, unless another one looks them up", async () => {
    const notebook = new CellNotebook();
    const forgotten = async (source: string): Promise<readonly number[]> => {
      const cell = notebook.compile(source);
      await notebook.evaluate(cell);
      return (cell.forget ?? []).map((id) => cell.id - id);
    };
    await forgotten("const big = 1");
    assert.deepEqual(await forgotten("const big = 2"), []);
    assert.deepEqual(await forgotten("const reads = () => big"), [2]);
    await forgotten("let changing = 1");
    await forgotten("const looks = () => changing");
    await forgotten("let changing = 2");
    assert.deepEqual(await forgotten("0"), []);
    assert.equal(await notebook.run("looks() + reads()"), 3);
  });
});
