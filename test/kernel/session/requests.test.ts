import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import ts from "typescript";
import { RecordedSession } from "../../support/recorded-session.js";
import { ok, thrown } from "../../support/scripted-interpreter.js";

/** A session with a cell that runs until it is interrupted. */
async function busySession(): Promise<RecordedSession> {
  const kernel = new RecordedSession({
    long: async ({ interrupted }) => {
      await interrupted;
      return thrown("interrupted");
    },
  });
  kernel.execute("long", "long");
  await kernel.until(({ type }) => type === "execute_input");
  return kernel;
}

async function ask(kernel: RecordedSession, type: string, content: object, channel: "shell" | "control" = "shell") {
  const id = `${type} ${kernel.sent.length}`;
  kernel.bring(id, type, content, { channel });
  return kernel.replyTo(id);
}

describe("a session, answering requests", () => {
  it("tells the first who listens that it has come to life, and not once it has told anything else", async () => {
    const kernel = new RecordedSession();
    kernel.session.subscribed();
    kernel.session.subscribed();
    assert.deepEqual(kernel.lines(), ["iopub starting"]);
    const used = new RecordedSession();
    await ask(used, "kernel_info_request", {});
    used.session.subscribed();
    assert.ok(!used.lines().includes("iopub starting"));
  });

  it("says what it is, with versions as their packages have them", async () => {
    const info = await ask(new RecordedSession(), "kernel_info_request", {});
    const { version } = JSON.parse(readFileSync("package.json", "utf8"));
    const { status, protocol_version, implementation, implementation_version, language_info } = info;
    assert.deepEqual([status, protocol_version], ["ok", "5.4"]);
    assert.deepEqual([implementation, implementation_version], ["patchlab", version]);
    assert.deepEqual(language_info, {
      name: "typescript",
      version: ts.version,
      mimetype: "text/typescript",
      file_extension: ".ts",
      codemirror_mode: "typescript",
      pygments_lexer: "typescript",
      nbconvert_exporter: "script",
    });
  });

  it("answers everything but cells while a cell runs, and then says again that it is busy", async () => {
    const kernel = await busySession();
    for (const [type, content] of [
      ["kernel_info_request", {}],
      ["connect_request", {}],
      ["complete_request", { code: "x", cursor_pos: 1 }],
      ["inspect_request", { code: "x", cursor_pos: 1 }],
      ["is_complete_request", { code: "x" }],
      ["history_request", { hist_access_type: "tail" }],
      ["comm_info_request", {}],
    ] as const) {
      for (const channel of ["shell", "control"] as const) {
        assert.ok(await ask(kernel, type, content, channel), type);
        const [idle, busy] = kernel.sent.slice(-2);
        assert.equal(idle?.content.execution_state, "idle");
        assert.deepEqual([busy?.content.execution_state, busy?.parent], ["busy", undefined]);
      }
    }
    assert.deepEqual(kernel.of("long", "execute_reply"), []);
    kernel.session.interrupt();
    await kernel.idle("long");
  });

  it("does not say that it is busy when it is not", async () => {
    const kernel = new RecordedSession();
    kernel.bring("i", "kernel_info_request", {});
    await kernel.idle("i");
    assert.deepEqual(kernel.lines(), ["iopub busy of i", "shell kernel_info_reply of i", "iopub idle of i"]);
  });

  it("completes at places counted in characters", async () => {
    const kernel = new RecordedSession();
    // the emoji takes two UTF-16 units, so the place before the name differs by one
    kernel.interpreter.completion = {
      matches: [
        { text: "name", kind: "property", signature: "name: string" },
        { text: "nest", kind: "method" },
      ],
      start: 5,
      end: 6,
    };
    const reply = await ask(kernel, "complete_request", { code: "'😀'.n", cursor_pos: 5 });
    assert.deepEqual(kernel.interpreter.asked, [{ what: "complete", source: "'😀'.n", offset: 6 }]);
    assert.deepEqual(reply, {
      status: "ok",
      matches: ["name", "nest"],
      cursor_start: 4,
      cursor_end: 5,
      metadata: {
        _jupyter_types_experimental: [
          { text: "name", type: "property", start: 4, end: 5, signature: "name: string" },
          { text: "nest", type: "method", start: 4, end: 5 },
        ],
      },
    });
  });

  it("takes a place past the end, or none, as the end", async () => {
    const kernel = new RecordedSession();
    await ask(kernel, "complete_request", { code: "ab😀", cursor_pos: 99 });
    await ask(kernel, "inspect_request", { code: "ab😀" });
    assert.deepEqual(
      kernel.interpreter.asked.map(({ offset }) => offset),
      [4, 4],
    );
  });

  it("inspects as text and as Markdown, and says where nothing is known", async () => {
    const kernel = new RecordedSession();
    const nothing = await ask(kernel, "inspect_request", { code: "x", cursor_pos: 1 });
    assert.deepEqual(nothing, { status: "ok", found: false, data: {}, metadata: {} });
    kernel.interpreter.inspection = { signature: "let x: 1", documentation: "" };
    const found = await ask(kernel, "inspect_request", { code: "x", cursor_pos: 1 });
    const data = { "text/plain": "let x: 1", "text/markdown": "```typescript\nlet x: 1\n```" };
    assert.deepEqual(found, { status: "ok", found: true, data, metadata: {} });
  });

  it("tells whether code is complete, with the indent of the next line where it is not", async () => {
    const kernel = new RecordedSession();
    assert.deepEqual(await ask(kernel, "is_complete_request", { code: "x" }), { status: "complete" });
    kernel.interpreter.completeness = { status: "incomplete", indent: "  " };
    const reply = await ask(kernel, "is_complete_request", { code: "{" });
    assert.deepEqual(reply, { status: "incomplete", indent: "  " });
  });

  it("lists the lines that are open, all or those of one target", async () => {
    const kernel = new RecordedSession();
    await ask(kernel, "is_complete_request", { code: "" });
    kernel.interpreter.open.set("1", "a").set("2", "b");
    const all = { 1: { target_name: "a" }, 2: { target_name: "b" } };
    assert.deepEqual(await ask(kernel, "comm_info_request", {}), { status: "ok", comms: all });
    assert.deepEqual(await ask(kernel, "comm_info_request", { target_name: "b" }), {
      status: "ok",
      comms: { 2: { target_name: "b" } },
    });
    assert.deepEqual((await ask(kernel, "comm_info_request", { target_name: "c" })).comms, {});
  });

  it("brings the pages' messages to the cells with their bytes, between busy and idle", async () => {
    const kernel = new RecordedSession();
    const buffers = [new Uint8Array([1, 2])];
    const metadata = { version: "2" };
    kernel.bring("o", "comm_open", { comm_id: "c", target_name: "t", data: { x: 1 } }, { buffers, metadata });
    kernel.bring("m", "comm_msg", { comm_id: "c", data: { x: 2 } });
    kernel.bring("c", "comm_close", { comm_id: "c" });
    await kernel.idle("c");
    const request = (msg_id: string, msg_type: string) => ({ request: { msg_id, msg_type } });
    const [type, id] = ["comm", "c"];
    const bare = { metadata: {}, buffers: [] };
    assert.deepEqual(kernel.interpreter.comms, [
      { type, event: "open", id, target: "t", data: { x: 1 }, metadata, buffers, ...request("o", "comm_open") },
      { type, event: "message", id, data: { x: 2 }, ...bare, ...request("m", "comm_msg") },
      { type, event: "close", id, data: {}, ...bare, ...request("c", "comm_close") },
    ]);
    assert.deepEqual(
      kernel.lines().filter((line) => line.endsWith("of m")),
      ["iopub busy of m", "iopub idle of m"],
    );
  });

  it("interrupts the cell that runs, from the control channel", async () => {
    const kernel = await busySession();
    assert.deepEqual(await ask(kernel, "interrupt_request", {}, "control"), { status: "ok" });
    assert.equal((await kernel.replyTo("long")).evalue, "interrupted");
  });

  it("interrupts a cell that waits for the interpreter to start", async () => {
    let start: () => void = () => undefined;
    const starting = new Promise<void>((resolve) => {
      start = resolve;
    });
    const interrupted = async (run: { interrupted: Promise<void> }) => {
      await run.interrupted;
      return thrown("interrupted");
    };
    const kernel = new RecordedSession({ long: interrupted }, starting);
    kernel.execute("a", "long");
    kernel.session.interrupt();
    start();
    assert.equal((await kernel.replyTo("a")).evalue, "interrupted");
  });

  it("answers what it knows without an interpreter while that starts", async () => {
    const kernel = new RecordedSession({}, new Promise(() => undefined));
    assert.equal((await ask(kernel, "kernel_info_request", {})).status, "ok");
    assert.deepEqual(await ask(kernel, "comm_info_request", {}), { status: "ok", comms: {} });
    assert.deepEqual(await ask(kernel, "history_request", { hist_access_type: "tail" }), { status: "ok", history: [] });
  });

  for (const channel of ["control", "shell"] as const) {
    it(`ends after its reply on ${channel}, tells everyone, and runs nothing more`, async () => {
      const kernel = await busySession();
      kernel.execute("next", "next");
      const reply = await ask(kernel, "shutdown_request", { restart: true }, channel);
      assert.deepEqual(reply, { status: "ok", restart: true });
      await kernel.until(({ type, channel: on }) => type === "shutdown_reply" && on === "iopub");
      assert.ok(kernel.shutDown);
      kernel.session.interrupt();
      kernel.bring("late", "kernel_info_request", {});
      await kernel.idle("late");
      assert.deepEqual(kernel.of("long", "execute_reply"), []);
      assert.equal(kernel.interpreter.ran.length, 1);
    });
  }

  it("says in the debugger's own protocol that there is none", async () => {
    const request = { type: "request", seq: 7, command: "initialize", arguments: {} };
    const reply = await ask(new RecordedSession(), "debug_request", request, "control");
    const { type, request_seq, success, command } = reply;
    assert.deepEqual(
      { type, request_seq, success, command },
      {
        type: "response",
        request_seq: 7,
        success: false,
        command: "initialize",
      },
    );
  });

  it("refuses content that does not fit by an error reply that names the entry, and changes nothing", async () => {
    const kernel = new RecordedSession();
    for (const [type, content, entry] of [
      ["execute_request", {}, "code"],
      ["execute_request", { code: "x", silent: "yes" }, "silent"],
      ["execute_request", { code: "x", user_expressions: { a: 1 } }, "user_expressions.a"],
      ["complete_request", { code: 1 }, "code"],
      ["complete_request", { code: "x", cursor_pos: -1 }, "cursor_pos"],
      ["inspect_request", { code: "x", cursor_pos: 0.5 }, "cursor_pos"],
      ["is_complete_request", { code: null }, "code"],
      ["history_request", { hist_access_type: "all" }, "hist_access_type"],
      ["comm_info_request", { target_name: 1 }, "target_name"],
      ["shutdown_request", { restart: 1 }, "restart"],
    ] as const) {
      const { status, ename, evalue } = await ask(kernel, type, content);
      assert.deepEqual([status, ename], ["error", "BadRequest"]);
      assert.ok(evalue.includes(`${type} does not fit at ${entry} `), evalue);
    }
    assert.deepEqual(kernel.interpreter.ran, []);
    assert.equal(kernel.shutDown, false);
    kernel.execute("a", "x");
    assert.equal((await kernel.replyTo("a")).execution_count, 1);
  });

  it("complains of messages that it has no answer for, and is idle after them", async () => {
    const kernel = new RecordedSession();
    kernel.bring("a", "toString", {});
    kernel.bring("b", "comm_msg", { data: 1 });
    kernel.bring("c", "input_reply", { value: "x" });
    await kernel.idle("c");
    assert.equal(kernel.complaints.length, 3);
    assert.equal(kernel.complaints[0], 'A message of type "toString" on shell means nothing here.');
    assert.deepEqual(
      kernel.sent.filter(({ channel }) => channel !== "iopub"),
      [],
    );
  });

  it("answers with an error when the compiler fails", async () => {
    const kernel = new RecordedSession();
    kernel.interpreter.complete = () => Promise.reject(new RangeError("too deep"));
    const { status, ename, evalue } = await ask(kernel, "complete_request", { code: "x", cursor_pos: 1 });
    assert.deepEqual([status, ename, evalue], ["error", "RangeError", "too deep"]);
  });
});

describe("a session, asking for input", () => {
  const asking = {
    ask: async ({ ask, print }: { ask(prompt: string): Promise<string>; print(text: string): void }) => {
      print("before ");
      print(`[${await ask("name? ")}]`);
      return ok;
    },
  };

  it("asks the front end that sent the cell, after what was printed, and takes its answer", async () => {
    const kernel = new RecordedSession(asking);
    kernel.execute("a", "ask", { allow_stdin: true }, { identities: [Buffer.from("me")] });
    const question = await kernel.until(({ type }) => type === "input_request");
    assert.deepEqual([question.channel, question.to, question.parent?.msg_id], ["stdin", "me", "a"]);
    assert.deepEqual(question.content, { prompt: "name? ", password: false });
    kernel.bring("r", "input_reply", { value: "Ada" }, { channel: "stdin" });
    await kernel.idle("a");
    assert.deepEqual(kernel.lines().slice(2, 5), [
      'iopub "before " of a',
      "stdin input_request of a",
      'iopub "[Ada]" of a',
    ]);
  });

  it("ignores answers that nobody waits for, that belong to another question or hold no text", async () => {
    const kernel = new RecordedSession(asking);
    const answer = (value: unknown, parent: Record<string, unknown> = {}): void => {
      kernel.bring("r", "input_reply", { value }, { channel: "stdin", parent });
    };
    answer("too early");
    kernel.execute("a", "ask", { allow_stdin: true });
    const { id } = await kernel.until(({ type }) => type === "input_request");
    answer("of another", { msg_type: "input_request", msg_id: "other" });
    answer(7);
    answer("right", { msg_type: "input_request", msg_id: id });
    answer("too late");
    await kernel.idle("a");
    assert.equal(kernel.of("a", "stream").at(-1)?.content.text, "[right]");
    assert.equal(kernel.complaints.length, 4);
  });

  it("forgets a question when its cell is interrupted", async () => {
    const kernel = new RecordedSession({
      ask: async ({ ask, interrupted }) => {
        await Promise.race([ask("?"), interrupted]);
        return thrown("interrupted");
      },
    });
    kernel.execute("a", "ask", { allow_stdin: true });
    await kernel.until(({ type }) => type === "input_request");
    kernel.session.interrupt();
    await kernel.idle("a");
    kernel.bring("r", "input_reply", { value: "late" }, { channel: "stdin" });
    assert.equal(kernel.complaints.length, 1);
  });
});
