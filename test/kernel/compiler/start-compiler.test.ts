import assert from "node:assert/strict";
import { ClosedError, RuntimeError } from "#dist/core/errors.js";
import type { CellCompiler } from "#dist/kernel/compiler/compiled-cell.js";
import { startCompiler } from "#dist/kernel/compiler/start-compiler.js";
import { notebooks } from "../../support/cell-notebook.js";

describe("startCompiler", () => {
  let compiler: CellCompiler;
  before(() => {
    compiler = startCompiler(notebooks);
  });
  after(() => compiler.close());

  it("answers calls in the order in which they came, without waiting for one before the next", async () => {
    const order: string[] = [];
    const noted = <T>(name: string, call: Promise<T>): Promise<T> => call.finally(() => order.push(name));
    const [first, , second, completeness, completion, inspection] = await Promise.all([
      noted("compile", compiler.compile("const threaded = 1", "cell [1]")),
      noted("commit", compiler.commit(1, ["threaded"])),
      noted("compile again", compiler.compile("threaded.toFixd()", "cell [2]")),
      noted("isComplete", compiler.isComplete("if (x) {")),
      noted("complete", compiler.complete("thread", 6)),
      noted("inspect", compiler.inspect("threaded", 2)),
    ]);
    assert.deepEqual(order, ["compile", "commit", "compile again", "isComplete", "complete", "inspect"]);
    assert.ok(first.ok && first.cell.id === 1 && first.cell.label === "cell [1]");
    assert.ok(!second.ok && second.diagnostics[0]?.code === 2551);
    assert.deepEqual(completeness, { status: "incomplete", indent: "  " });
    assert.deepEqual(
      completion.matches.map(({ text }) => text),
      ["threaded"],
    );
    assert.deepEqual(inspection, { signature: "const threaded: 1", documentation: "" });
  });

  it("forgets everything on reset and goes on counting cells", async () => {
    await compiler.reset();
    const made = await compiler.compile("threaded", "cell [3]");
    assert.ok(!made.ok && made.diagnostics[0]?.code === 2304);
    const next = await compiler.compile("1", "cell [4]");
    assert.ok(next.ok && next.cell.id === 2);
  });

  it("compiles an expression of thousands of terms", async () => {
    const made = await compiler.compile(Array(3000).fill("1").join("+"), "cell [5]");
    assert.ok(made.ok);
  });

  it("refuses a cell that nests without end, with a sentence, and compiles the next one", async () => {
    const endless = "(".repeat(1e6);
    const made = await compiler.compile(`${endless}1${")".repeat(1e6)}`, "cell [6]");
    assert.ok(!made.ok && made.diagnostics[0]?.message === "This cell is too deeply nested to be compiled.");
    assert.deepEqual(await compiler.complete(endless, 3), { matches: [], start: 3, end: 3 });
    assert.equal(await compiler.inspect(endless, 3), undefined);
    assert.deepEqual(await compiler.isComplete(endless), { status: "invalid" });
    const next = await compiler.compile("1", "cell [7]");
    assert.ok(next.ok);
  });

  it("rejects what waits and what comes when it is closed, and can be closed twice", async () => {
    const closing = startCompiler(notebooks);
    const waiting = assert.rejects(closing.compile("1", "cell [1]"), ClosedError);
    await Promise.all([closing.close(), waiting]);
    await assert.rejects(closing.isComplete(""), ClosedError);
    await closing.close();
  });

  it("rejects with a sentence when its thread ends by an error of its own", async () => {
    const failing = startCompiler(undefined as unknown as string);
    await assert.rejects(failing.compile("1", "cell [1]"), (error: Error) => {
      assert.ok(error instanceof RuntimeError);
      assert.match(error.message, /^the compiler of cells ended by itself: .*; restart the kernel$/);
      return true;
    });
    await failing.close();
  });
});
