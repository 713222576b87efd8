import assert from "node:assert/strict";
import type { Inspection } from "#dist/kernel/compiler/compiled-cell.js";
import { CellNotebook } from "../../support/cell-notebook.js";

describe("inspection", () => {
  let notebook: CellNotebook;
  /** Looks where `|` stands in the cell. */
  const inspect = (marked: string): Inspection | undefined =>
    notebook.compiler.inspect(marked.replace("|", ""), marked.indexOf("|"));

  beforeEach(async () => {
    notebook = new CellNotebook();
    await notebook.run(
      `import { patchMap } from 'patchlab';
/** How many there are. */
let counter = 1;
/**
 * Adds two numbers.
 * @param a the first
 * @param b the second @default 2
 * @returns their sum
 */
function add(a: number, b = 2) { return a + b }
/** A thing. */
class Thing {
  /** How large it is. */
  size = 1
}
const thing = new Thing();`,
    );
  });

  const signatures: [marked: string, signature: string][] = [
    ["coun|ter", "let counter: number"],
    ["counter|", "let counter: number"],
    ["|counter", "let counter: number"],
    ["thi|ng.size", "const thing: Thing"],
    ["thing.si|ze", "(property) Thing.size: number"],
    ["thing.size|", "(property) Thing.size: number"],
    ["Thi|ng", "class Thing"],
    ["new Thi|ng()", "new Thing(): Thing"],
    ["ad|d", "function add(a: number, b?: number): number"],
    ["const zz = 'a'; z|z", 'const zz: "a"'],
    ["Math.ma|x(1)", "(method) Math.max(...values: number[]): number"],
  ];
  for (const [marked, signature] of signatures)
    it(`${JSON.stringify(marked)} is ${signature}`, () => assert.equal(inspect(marked)?.signature, signature));

  it("a comment comes along as text, with its parameters, from wherever the name was declared", () => {
    assert.equal(inspect("coun|ter")?.documentation, "How many there are.");
    assert.equal(inspect("thing.si|ze")?.documentation, "How large it is.");
    assert.equal(inspect("new Thi|ng()")?.documentation, "A thing.");
    assert.equal(
      inspect("ad|d")?.documentation,
      "Adds two numbers.\n\n@param a the first\n@param b the second\n@default 2\n@returns their sum",
    );
  });

  it("functions of the package and of every cell have their docs", () => {
    const found = inspect("patch|Map");
    assert.match(
      found?.signature ?? "",
      /^function patchMap\(patches: readonly Patches\[\], options\?: PatchMapOptions\)/,
    );
    assert.match(found?.documentation ?? "", /principal components/);
    assert.match(found?.documentation ?? "", /^@throws ArgumentError/m);
    for (const name of ["display", "progress", "timeit", "clearOutput", "prompt"])
      assert.notEqual(inspect(`${name}|`)?.documentation ?? "", "", name);
  });

  it("between the parentheses of a call, where no name is, it is the function that is called", () => {
    for (const marked of ["add(|", "add(1, |)", "if (true) { add(1,\n  |", "add(|1)"])
      assert.equal(inspect(marked)?.signature, "add(a: number, b?: number): number", marked);
    assert.equal(inspect("add(Math.max(|))")?.signature, "max(...values: number[]): number");
    assert.match(inspect("add(|")?.documentation ?? "", /^Adds two numbers\./);
  });

  it("a name among the arguments is what is meant there", () => {
    assert.equal(inspect("add(counter, coun|ter)")?.signature, "let counter: number");
  });

  it("where there is nothing to say, nothing is said", () => {
    for (const marked of ["|", " |", "// coun|ter", "1 + |", "'te|xt'", "unknown_na|me", "(|1)"])
      assert.equal(inspect(marked), undefined, marked);
  });
});
