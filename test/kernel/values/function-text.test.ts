import assert from "node:assert/strict";
import { runInThisContext } from "node:vm";
import { functionText } from "#dist/kernel/values/function-text.js";

/** As a cell would have it: the loader of the tests rewrites functions. */
function evaluate(source: string): unknown {
  return runInThisContext(`(${source})`);
}

describe("functionText(value)", () => {
  const cases: [source: string, expected: string][] = [
    ["function inner(a, b = 2, ...rest) { return a(b) }", "function inner(a, b = 2, ...rest)"],
    ["function inner(a = ')', b = (1, 2), /* ) */ c = `(`) {}", "function inner(a = ')', b = (1, 2), /* ) */ c = `(`)"],
    ["function inner(\n  { a, b },\n  [c],\n) {}", "function inner({ a, b }, [c])"],
    ["function (a) {}", "function(a)"],
    ["x => x", "function(x)"],
    ["async (a, b) => a(b)", "async function(a, b)"],
    ["async x => x", "async function(x)"],
    ["async function later() {}", "async function later()"],
    ["function* many(n) {}", "function* many(n)"],
    ["async function* many(n) {}", "async function* many(n)"],
    ["{ method(a) {} }.method", "function method(a)"],
    ["{ ['a(b)'](c) {} }['a(b)']", "function a(b)(c)"],
    ["class A {}", "class A"],
    ["class A extends Map { constructor(a) { super() } }", "class A extends Map"],
    ["class extends class {} {}", "class extends (anonymous class)"],
    ["Math.max", "function max(…)"],
    ["(() => {}).bind()", "function bound (…)"],
  ];
  for (const [source, expected] of cases) {
    it(`writes ${source.replace(/\s+/g, " ")} as ${expected}`, () => {
      assert.equal(functionText(evaluate(source)), expected);
    });
  }

  it("prefers the compiler's signature, and stays on one line of at most 1,000 characters", () => {
    assert.equal(
      functionText(evaluate("function inner(a) {}"), "inner(a: number): void"),
      "function inner(a: number): void",
    );
    const long = functionText(evaluate(`function inner(${Array.from({ length: 500 }, (_, i) => `argument${i}`)}) {}`));
    assert.equal(long.length, 1_000);
    assert.match(long, /…$/);
  });
});
