import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { RecordedSession } from "../../support/recorded-session.js";
import { ok, thrown, value } from "../../support/scripted-interpreter.js";

describe("a session, executing cells", () => {
  it("tells in this order: busy, input, output, result, reply, idle", async () => {
    const kernel = new RecordedSession({
      "1 + 1": ({ print }) => {
        print("adding\n");
        return value("2");
      },
    });
    kernel.execute("a", "1 + 1");
    await kernel.idle("a");
    assert.deepEqual(kernel.lines(), [
      "iopub busy of a",
      "iopub execute_input of a",
      'iopub "adding\n" of a',
      "iopub execute_result of a",
      "shell execute_reply of a",
      "iopub idle of a",
    ]);
    const input = { code: "1 + 1", execution_count: 1 };
    assert.deepEqual(kernel.of("a", "execute_input")[0]?.content, input);
    const result = { execution_count: 1, data: { "text/plain": "2" }, metadata: {} };
    assert.deepEqual(kernel.of("a", "execute_result")[0]?.content, result);
    const reply = { status: "ok", execution_count: 1, user_expressions: {}, payload: [] };
    assert.deepEqual(kernel.of("a", "execute_reply")[0]?.content, reply);
  });

  it("publishes what a cell throws as an error with the same words as the reply", async () => {
    const kernel = new RecordedSession({ fail: () => thrown("no") });
    kernel.execute("a", "fail");
    const reply = await kernel.replyTo("a");
    const error = { ename: "Error", evalue: "no", traceback: ["Error: no", "at cell"] };
    assert.deepEqual(kernel.of("a", "error")[0]?.content, error);
    assert.deepEqual(reply, { status: "error", ...error, execution_count: 1, user_expressions: {}, payload: [] });
  });

  it("counts only cells that are stored, and gives the others the count that is", async () => {
    const kernel = new RecordedSession({ x: () => value("x") });
    kernel.execute("a", "x");
    kernel.execute("b", "x", { store_history: false });
    kernel.execute("c", "x", { silent: true, store_history: true });
    kernel.execute("d", " \n");
    kernel.execute("e", "x");
    await kernel.idle("e");
    const counts = kernel.sent
      .filter(({ type }) => type === "execute_reply")
      .map(({ content }) => content.execution_count);
    assert.deepEqual(counts, [1, 1, 1, 1, 2]);
    assert.equal(kernel.of("b", "execute_input")[0]?.content.execution_count, 1);
    const { history } = await ((): Promise<{ history: unknown[] }> => {
      kernel.bring("h", "history_request", { hist_access_type: "tail", n: 10 });
      return kernel.replyTo("h");
    })();
    assert.deepEqual(history, [
      [0, 1, "x"],
      [0, 2, "x"],
    ]);
  });

  it("shows neither input nor result of a silent cell, but what it prints", async () => {
    const kernel = new RecordedSession({
      quiet: ({ print }) => {
        print("aloud");
        return value("secret");
      },
    });
    kernel.execute("a", "quiet", { silent: true });
    await kernel.idle("a");
    assert.deepEqual(kernel.lines(), [
      "iopub busy of a",
      'iopub "aloud" of a',
      "shell execute_reply of a",
      "iopub idle of a",
    ]);
  });

  it("answers an empty cell without running it", async () => {
    const kernel = new RecordedSession();
    kernel.execute("a", "  \n");
    assert.equal((await kernel.replyTo("a")).status, "ok");
    assert.deepEqual(kernel.interpreter.ran, []);
  });

  it("names the cell by its count, and tells its id and whether it may ask", async () => {
    const kernel = new RecordedSession();
    kernel.execute("a", "x", { allow_stdin: true }, { metadata: { cellId: "c1" } });
    kernel.execute("b", "y", { silent: true });
    await kernel.idle("b");
    assert.deepEqual(kernel.interpreter.ran, [
      { source: "x", options: { label: "cell [1]", allowInput: true, cellId: "c1" } },
      { source: "y", options: { label: "unnumbered cell 1", allowInput: false } },
    ]);
  });

  it("evaluates user expressions after the cell, each by itself", async () => {
    const kernel = new RecordedSession({
      "(good\n)": () => value("3"),
      "(bad\n)": () => thrown("unknown"),
    });
    kernel.execute("a", "cell", { user_expressions: { one: "good", two: "bad", three: "void 0" } });
    const { user_expressions } = await kernel.replyTo("a");
    assert.deepEqual(user_expressions, {
      one: { status: "ok", data: { "text/plain": "3" }, metadata: {} },
      two: { status: "error", ename: "Error", evalue: "unknown", traceback: ["Error: unknown", "at cell"] },
      three: { status: "ok", data: { "text/plain": "undefined" }, metadata: {} },
    });
    assert.deepEqual(kernel.of("a", "error"), []);
  });

  it("evaluates no user expression when the cell fails", async () => {
    const kernel = new RecordedSession({ fail: () => thrown("no") });
    kernel.execute("a", "fail", { user_expressions: { one: "1" } });
    assert.deepEqual((await kernel.replyTo("a")).user_expressions, {});
    assert.equal(kernel.interpreter.ran.length, 1);
  });

  it("aborts the cells that wait when one fails, and runs those that come later", async () => {
    const kernel = new RecordedSession({ fail: () => thrown("no") });
    kernel.execute("a", "fail");
    kernel.execute("b", "never");
    kernel.execute("c", "never");
    await kernel.idle("c");
    kernel.execute("d", "later");
    await kernel.idle("d");
    assert.deepEqual(
      kernel.interpreter.ran.map(({ source }) => source),
      ["fail", "later"],
    );
    const replies = kernel.sent.filter(({ type }) => type === "execute_reply").map(({ content }) => content.status);
    assert.deepEqual(replies, ["error", "aborted", "aborted", "ok"]);
    const ofB = kernel.lines().filter((line) => line.endsWith("of b"));
    assert.deepEqual(ofB, ["iopub busy of b", "shell execute_reply of b", "iopub idle of b"]);
    assert.equal(kernel.of("d", "execute_reply")[0]?.content.execution_count, 2);
  });

  it("goes on after an error where the request says so, and after one of a silent cell", async () => {
    const kernel = new RecordedSession({ fail: () => thrown("no") });
    kernel.execute("a", "fail", { stop_on_error: false });
    kernel.execute("b", "fail", { silent: true });
    kernel.execute("c", "runs");
    assert.equal((await kernel.replyTo("c")).status, "ok");
  });

  it("gives what a cell prints to that cell though others wait", async () => {
    const kernel = new RecordedSession({
      one: async ({ print }) => {
        print("1");
        await setTimeout(5);
        print("2");
        return ok;
      },
      two: ({ print }) => {
        print("3");
        return ok;
      },
    });
    kernel.execute("a", "one");
    kernel.execute("b", "two");
    await kernel.idle("b");
    assert.deepEqual(
      kernel.lines().filter((line) => line.includes('"')),
      ['iopub "12" of a', 'iopub "3" of b'],
    );
  });

  it("gives what comes after a cell to that cell, until the next one begins", async () => {
    const kernel = new RecordedSession();
    kernel.execute("a", "x");
    await kernel.idle("a");
    kernel.interpreter.emit({ type: "error", ename: "Error", evalue: "late", traceback: [] });
    kernel.interpreter.emit({ type: "stream", name: "stdout", text: "late" });
    kernel.execute("b", "y");
    await kernel.idle("b");
    assert.deepEqual(kernel.of("a", "error")[0]?.content, { ename: "Error", evalue: "late", traceback: [] });
    assert.equal(kernel.of("a", "stream")[0]?.content.text, "late");
    assert.ok(kernel.lines().indexOf('iopub "late" of a') < kernel.lines().indexOf("iopub busy of b"));
  });

  it("reports a cell that took its process with it as an error of that cell, and runs the next", async () => {
    const kernel = new RecordedSession({ exit: () => thrown("the process ended", true) });
    kernel.execute("a", "exit");
    assert.equal((await kernel.replyTo("a")).evalue, "the process ended");
    kernel.execute("b", "next");
    assert.equal((await kernel.replyTo("b")).status, "ok");
  });

  it("gives pages to the pager by the reply, and shows those that come later under the cell", async () => {
    const data = { "text/plain": "a long text" };
    const kernel = new RecordedSession({
      read: ({ emit }) => {
        emit({ type: "page", data });
        return ok;
      },
    });
    kernel.execute("a", "read");
    assert.deepEqual((await kernel.replyTo("a")).payload, [{ source: "page", data, start: 0 }]);
    kernel.interpreter.emit({ type: "page", data });
    assert.deepEqual(kernel.of("a", "display_data")[0]?.content, { data, metadata: {}, transient: {} });
  });

  it("answers cells with an error when the interpreter does not start", async () => {
    const kernel = new RecordedSession({}, Promise.reject(new Error("no compiler")));
    kernel.execute("a", "x");
    const { status, evalue } = await kernel.replyTo("a");
    assert.deepEqual([status, evalue], ["error", "no compiler"]);
  });
});
