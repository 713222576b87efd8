import assert from "node:assert/strict";
import { completenessOf } from "#dist/kernel/compiler/completeness.js";

describe("completenessOf", () => {
  for (const source of [
    "",
    "  \n",
    "1 + 1",
    "await x",
    "// note",
    "/* note */",
    "const a = 1",
    "do {} while (1)",
    "new Foo",
    "/re/",
    "'a\\\nb'",
    "`a\nb`",
    "if (a) { b } else { c }",
    "import a from 'b'",
    "x satisfies Y",
    "async () => {}",
    "export const a = 1",
    "@dec class A {}",
    "for await (const x of y) {}",
    "label: for (;;) break label",
    "let cast = <number>x",
  ])
    it(`${JSON.stringify(source)} can run`, () => assert.deepEqual(completenessOf(source), { status: "complete" }));

  for (const source of [
    "x = = 1",
    "const class = 1",
    ")",
    "}",
    "a b",
    "else {}",
    "'abc",
    '"a\nb"',
    "print 'x'",
    "/re",
    "foo(]",
    "if (x) { ) }",
    "let 1a",
    "0x",
  ])
    it(`${JSON.stringify(source)} is wrong, and stays so`, () =>
      assert.deepEqual(completenessOf(source), { status: "invalid" }));

  const open: [source: string, indent: string][] = [
    ["if (x) {", "  "],
    ["if (x)", ""],
    ["while (1)", ""],
    ["for (;;)", ""],
    ["function f(", "  "],
    ["const a =", ""],
    ["const a = [1,", ""],
    ["a +", ""],
    ["a.", ""],
    ["a?.", ""],
    ["() =>", "  "],
    ["`abc", ""],
    ["`a${b", ""],
    ["/* note", ""],
    ["foo(1,", ""],
    ["class A extends", ""],
    ["import { a } from", ""],
    ["try {}", ""],
    ["do {} while", ""],
    ["type T =", ""],
    ["x ?", ""],
    ["x ? y :", ""],
    ["!", ""],
    ["new", ""],
    ["throw", ""],
    ["if (a) { b } else", ""],
    ["@dec", ""],
    ["label:", ""],
    ["const a = 1,", ""],
    ["let", ""],
    ["'a\\", ""],
    ["interface I {", "  "],
    ["switch (x) {\n  case 1:", "  "],
    ["let x = {\n  a: 1,\n  b: {", "    "],
    ["while (true) {\n\tfoo();\n", "\t"],
    ["if (x) {\n  foo()\n", "  "],
  ];
  for (const [source, indent] of open)
    it(`${JSON.stringify(source)} goes on, with ${JSON.stringify(indent)} before it`, () =>
      assert.deepEqual(completenessOf(source), { status: "incomplete", indent }));
});
