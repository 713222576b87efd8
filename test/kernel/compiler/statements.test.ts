import assert from "node:assert/strict";
import { CellNotebook } from "../../support/cell-notebook.js";

const value = (source: string): Promise<unknown> => new CellNotebook().run(source);

describe("what a cell gives", () => {
  const cases: [source: string, value: unknown][] = [
    ["1 // comment", 1],
    ["2 /* c */", 2],
    ["3;;", 3],
    ["/** doc */ 4 /* x */;", 4],
    ["const a = 1\nconst b = 2\na + b", 3],
    ["'use strict'", "use strict"],
    ["'hello'; 5", 5],
    ["({})", {}],
    ["[1]\n;[2]", [2]],
    ["`a\nb`", "a\nb"],
    ["/re/.test('re')", true],
    ["1, 2", 2],
    ["let x; x = 6", 6],
    ["() => 1;(() => 7)()", 7],
    ["#!/usr/bin/env node\n8", 8],
    ['/// <reference types="node" />\n9', 9],
    ["class A {}\n10", 10],
    ["const c1 = 1\r\nconst c2 = `a\r\nb`\r\nc2", "a\nb"],
    ["'\u2028'", "\u2028"],
  ];
  for (const [source, wanted] of cases)
    it(`${JSON.stringify(source)} gives ${JSON.stringify(wanted)}`, async () =>
      assert.deepEqual(await value(source), wanted));

  for (const source of [
    "",
    "// only",
    "/* a */",
    "{}",
    "if (true) 5",
    "const x = 1",
    "function f() {}",
    "type T = 1",
    ";",
  ])
    it(`${JSON.stringify(source)} gives nothing`, async () => assert.equal(await value(source), undefined));

  it("a promise is awaited, and so is what a cell waits for at its top level", async () => {
    assert.equal(await value("Promise.resolve(7)"), 7);
    assert.equal(await value("const w = await Promise.resolve(5); w + (await 1)"), 6);
    assert.equal(await value("let s = 0; for await (const q of [Promise.resolve(1), 2]) s += q; s"), 3);
    await assert.rejects(value("await Promise.reject(new Error('no'))"), /no/);
  });

  it("a top-level await goes through the scope's wait, and one in a function does not", async () => {
    const { code } = new CellNotebook().compile(
      "await one; async () => { await two }; if (true) { await three }".replace(/one|two|three/g, "1"),
    );
    assert.equal(code.match(/__cell\.wait\(/g)?.length, 2);
  });

  it("functions and imports can be used above the line where they stand", async () => {
    assert.equal(await value("early(); import { sep } from 'node:path'; function early() { return sep } early()"), "/");
  });

  it("generators, both kinds, run", async () => {
    assert.deepEqual(await value("function* gen() { yield 1; yield 2 } [...gen()]"), [1, 2]);
    assert.deepEqual(
      await value(
        "async function* ag() { yield 1 } const out: number[] = []; for await (const x of ag()) out.push(x); out",
      ),
      [1],
    );
  });

  it("`using` disposes at the end of its block, or of the cell at the top level", async () => {
    const notebook = new CellNotebook();
    await notebook.run(
      "const log: string[] = []; const make = (name: string) => ({ name, [Symbol.dispose]() { log.push(name) } })",
    );
    assert.deepEqual(await notebook.run("{ using inner = make('inner'); log.push('in ' + inner.name) } [...log]"), [
      "in inner",
      "inner",
    ]);
    assert.deepEqual(await notebook.run("using outer = make('outer'); const kept = 1; [...log]"), [
      "in inner",
      "inner",
    ]);
    assert.deepEqual(await notebook.run("[log.at(-1), outer.name, kept]"), ["outer", "outer", 1]);
    assert.equal(
      await notebook.run("await using last = { async [Symbol.asyncDispose]() { log.push('last') } }; log.at(-1)"),
      "outer",
    );
    assert.equal(await notebook.run("log.at(-1)"), "last");
  });

  it("a loop over the cell's own variable runs on a plain local", () => {
    const { code } = new CellNotebook().compile("let sum = 0; for (let i = 0; i < 10; i++) sum += i; sum");
    assert.match(code, /sum \+= i/);
  });

  it("a function as last value comes with its signature on one line", () => {
    const notebook = new CellNotebook();
    assert.equal(notebook.compile("Math.max").signature, "max(...values: number[]): number");
    assert.equal(notebook.compile("(a: number, b?: string): void => {}").signature, "(a: number, b?: string): void");
    assert.equal(
      notebook.compile("function f(x: { a: number\n b: string }) { return x } f").signature,
      "f(x: { a: number; b: string; }): { a: number; b: string; }",
    );
    assert.equal(notebook.compile("1").signature, undefined);
  });
});
