import assert from "node:assert/strict";
import { runInThisContext, Script } from "node:vm";
import fc from "fast-check";
import { readStack } from "#dist/kernel/values/stack-frames.js";

const isCell = (script: string): boolean => script.startsWith("cell [");

function frame(line: string): unknown {
  return readStack(`Error: a\n${line}`, "a", isCell).frames[0];
}

function stackOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).stack!;
  }
  throw new Error("nothing was thrown");
}

describe("readStack(stack, message)", () => {
  const cases: [line: string, name: string, script: string, place?: [number, number]][] = [
    ["    at inner (cell [3]:2:9)", "inner", "cell [3]", [2, 9]],
    ["    at cell [3]:5:1", "", "cell [3]", [5, 1]],
    ["    at async cell [3]:5:1", "", "cell [3]", [5, 1]],
    ["    at async Promise.all (index 0)", "Promise.all", "index 0"],
    ["    at new Model (cell [3]:2:9)", "new Model", "cell [3]", [2, 9]],
    ["    at Object.<anonymous> (/a/b.ts:1:2)", "", "/a/b.ts", [1, 2]],
    ["    at Object.run (/a/b.ts:1:2)", "run", "/a/b.ts", [1, 2]],
    ["    at Array.map (<anonymous>)", "Array.map", "<anonymous>"],
    ["    at a.b [as c] (file:///a%20b/c.js:10:20)", "a.b [as c]", "file:///a%20b/c.js", [10, 20]],
    ["    at run (/a (b)/c d (e).ts:1:2)", "run", "/a (b)/c d (e).ts", [1, 2]],
    ["    at /a (b)/c d.ts:1:2", "", "/a (b)/c d.ts", [1, 2]],
    ["    at get x (y) [as x (y)] (cell [4]:1:49)", "get x (y) [as x (y)]", "cell [4]", [1, 49]],
    ["    at run (C:\\a b\\c.ts:1:2)", "run", "C:\\a b\\c.ts", [1, 2]],
    ["    at node:internal/process/task_queues:95:5", "", "node:internal/process/task_queues", [95, 5]],
    [
      "    at eval (eval at run (cell [3]:1:2), <anonymous>:1:6)",
      "",
      "eval at run (cell [3]:1:2), <anonymous>",
      [1, 6],
    ],
    ["    at wasm://wasm/0a1b:wasm-function[3]:0x1f", "", "wasm://wasm/0a1b:wasm-function[3]:0x1f"],
  ];
  for (const [line, name, script, place] of cases) {
    it(`reads ${line.trim()}`, () => {
      const where = place ? { line: place[0], column: place[1] } : {};
      assert.deepEqual(frame(line), { name, script, ...where });
    });
  }

  it("reads what V8 writes of functions, constructors, asynchronous callers and paths with brackets", async () => {
    const source = `(async () => {
      class Model { constructor() { null.x } static async make() { await 1; new Model() } }
      await Model.make();
    })`;
    const run = new Script(source, { filename: "/a (b)/c d.ts" }).runInThisContext() as () => Promise<void>;
    const error = await run().catch((thrown: Error) => thrown);
    const { frames } = readStack((error as Error).stack!, (error as Error).message, isCell);
    assert.deepEqual(
      frames.slice(0, 3).map(({ name, script, line }) => [name, script, line]),
      [
        ["new Model", "/a (b)/c d.ts", 2],
        ["Model.make", "/a (b)/c d.ts", 2],
        ["", "/a (b)/c d.ts", 3],
      ],
    );
  });

  it("takes lines of the message for what they are, even where they look like frames", () => {
    const message = "first\n    at nothing (cell [9]:1:1)\nlast";
    const { frames, before } = readStack(`Error: ${message}\n    at inner (cell [1]:2:3)`, message, isCell);
    assert.deepEqual(before, []);
    assert.deepEqual(frames, [{ name: "inner", script: "cell [1]", line: 2, column: 3 }]);
  });

  it("keeps the place that V8 writes above the message of a syntax error", () => {
    const stack = stackOf(() => runInThisContext("let x = ;", { filename: "broken.js" }));
    assert.deepEqual(readStack(stack, "Unexpected token ';'", isCell).before, [
      "broken.js:1",
      "let x = ;",
      "        ^",
    ]);
  });

  it("finds the frames where the message has changed since, or is empty", () => {
    const stack = "Error: old\n    at cell [1]:2:3";
    assert.equal(readStack(stack, "new", isCell).frames.length, 1);
    assert.equal(readStack("Error\n    at cell [1]:2:3", "", isCell).frames.length, 1);
  });

  it("reads any text without an error", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.string(), (lines, message) => {
        const { frames } = readStack(lines.map((line) => `    at ${line}`).join("\n"), message, () => false);
        assert.ok(frames.every(({ name, script }) => typeof name === "string" && typeof script === "string"));
      }),
    );
  });
});
