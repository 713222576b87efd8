import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { installKernel } from "#dist/kernel/install.js";
import {
  JupyterClient,
  kindOf,
  type Message,
  printed,
  startKernel,
  writeConnectionFile,
} from "../support/jupyter-client.js";
import { temporaryFolder } from "../support/temporary.js";

/** The lines of a message, without colours. */
function plain(lines: readonly string[]): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours begin with
  return lines.join("\n").replace(/\u001b\[[0-9;]*m/g, "");
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const result = (published: Message[]): string | undefined =>
  published.find(({ type }) => type === "execute_result")?.content.data["text/plain"];

describe("the kernel that Jupyter starts", () => {
  const folder = temporaryFolder();
  let argv: string[];
  let client: JupyterClient;

  before(async () => {
    const { path } = await installKernel({ prefix: folder() });
    const spec = JSON.parse(readFileSync(join(path, "kernel.json"), "utf8"));
    assert.equal(spec.interrupt_mode, "message");
    argv = spec.argv;
    client = await JupyterClient.start(argv, folder());
  });

  after(() => client.close());

  /** Resolves when the cell with that msg_id has printed this. */
  const printedBy = (id: string, text: string): Promise<Message> =>
    client.message(
      ({ type, content, parent }) => type === "stream" && parent === id && content.text.includes(text),
      `"${text}"`,
    );

  it("brings 100,000 lines that a cell prints, complete and in order, before it is idle", async () => {
    const { reply, published } = await client.execute('for (let i = 0; i < 100_000; i++) console.log("line " + i);');
    assert.equal(reply.content.status, "ok");
    const expected = Array.from({ length: 100_000 }, (_, i) => `line ${i}\n`).join("");
    assert.equal(printed(published, "stdout"), expected);
    assert.equal(kindOf(published.at(-1)!), "status idle");
  });

  it("gives the value of the last expression, with the count of the cell", async () => {
    const { reply, published } = await client.execute("const six = 6; six * 7");
    const { content } = published.find(({ type }) => type === "execute_result")!;
    assert.equal(content.data["text/plain"], "42");
    assert.equal(content.execution_count, reply.content.execution_count);
    assert.deepEqual(published.map(kindOf), ["status busy", "execute_input", "execute_result", "status idle"]);
  });

  it("sends a bundle of several types as one display_data message, bytes as base64", async () => {
    const { published } = await client.execute(`
      const hook = (globalThis as any)[Symbol.for("patchlab.display")];
      hook({ "text/html": "<b>ü</b>", "image/png": new Uint8Array([137, 80, 78, 71]), "text/plain": "ü" });`);
    const shown = published.filter(({ type }) => type === "display_data").map(({ content }) => content.data);
    assert.deepEqual(shown, [{ "text/html": "<b>ü</b>", "image/png": "iVBORw==", "text/plain": "ü" }]);
  });

  it("imports the package that it belongs to, with its types, in a folder that has no copy", async () => {
    const { reply, published } = await client.execute(`
      import { seededRandom } from "patchlab";
      const first: number = seededRandom(0)();
      const again = await import("patchlab");
      first === again.seededRandom(0)()`);
    assert.equal(printed(published, "stderr"), "");
    assert.equal(result(published), "true");
    assert.equal(reply.content.status, "ok");
  });

  it("publishes an exception as an error with the cell's own line, and goes on", async () => {
    const { reply, published } = await client.execute('const before = 1;\nthrow new TypeError("on purpose");');
    const { status, ename, evalue, traceback, execution_count } = reply.content;
    assert.deepEqual([status, ename, evalue], ["error", "TypeError", "on purpose"]);
    assert.deepEqual(published.find(({ type }) => type === "error")?.content, { ename, evalue, traceback });
    assert.match(plain(traceback), new RegExp(`cell \\[${execution_count}\\]:2`));
    assert.equal(result((await client.execute("before")).published), "1");
  });

  it("aborts the cells that wait when one fails", async () => {
    const ids = [];
    for (const code of ["await new Promise(() => {})", "six", "six"]) ids.push(await client.begin(code));
    // what is answered after them on the same socket came after them
    await client.request("kernel_info_request", {});
    await client.request("interrupt_request", {}, { channel: "control" });
    const statuses = [];
    for (const id of ids) statuses.push((await client.outcome(id)).reply.content.status);
    assert.deepEqual(statuses, ["error", "aborted", "aborted"]);
    assert.equal((await client.execute("six")).reply.content.status, "ok");
  });

  it("evaluates user expressions beside a cell, silently", async () => {
    const { reply, published } = await client.execute("six + 1", {
      silent: true,
      user_expressions: { one: "six + 2", two: "({ a: 1 }).a", bad: "unknownName" },
    });
    const { one, two, bad } = reply.content.user_expressions;
    assert.deepEqual([one.data["text/plain"], two.data["text/plain"], bad.status], ["8", "1", "error"]);
    assert.deepEqual(published.map(kindOf), ["status busy", "status idle"]);
  });

  it("counts places in characters where the code holds others than JavaScript's", async () => {
    await client.execute("const 𝒳 = { largest: 1 }, seven = 7;");
    const code = "/* 😀😀 */ 𝒳.larg";
    const cursor_pos = Array.from(code).length;
    const { content } = await client.request("complete_request", { code, cursor_pos });
    assert.ok(content.matches.includes("largest"));
    assert.deepEqual([content.cursor_start, content.cursor_end], [cursor_pos - 4, cursor_pos]);
    const inspected = await client.request("inspect_request", { code: "/* 😀 */ seven", cursor_pos: 9 });
    assert.match(inspected.content.data["text/plain"], /seven: 7/);
    const { published } = await client.execute('"😀" + "\\ud800"; console.log("half \\ud800 😀")');
    assert.match(printed(published, "stdout"), /^half . 😀\n$/u);
  });

  it("completes, inspects and answers on control while a cell computes", async () => {
    const id = await client.begin('console.log("computing"); for (;;) {}');
    await printedBy(id, "computing");
    const complete = await client.request("complete_request", { code: "Math.sq", cursor_pos: 7 });
    const info = await client.request("kernel_info_request", {}, { channel: "control" });
    assert.equal(info.content.implementation, "patchlab");
    assert.equal(await client.beat("still there"), "still there");
    await client.request("interrupt_request", {}, { channel: "control" });
    const { reply } = await client.outcome(id);
    assert.equal(reply.content.status, "error");
    assert.ok(complete.content.matches.includes("sqrt"));
  });

  for (const [mode, interrupt] of [
    ["by message", () => client.request("interrupt_request", {}, { channel: "control" })],
    ["by a signal to the process", async () => client.kernel.kill("SIGINT")],
    ["by a signal to its group", async () => process.kill(-client.kernel.pid!, "SIGINT")],
  ] as const) {
    for (const [what, code] of [
      ["a loop", 'console.log("now"); for (;;) {}'],
      ["a promise that never settles", 'console.log("now"); await new Promise(() => {});'],
      ["a loop after an await", 'console.log("now"); await null; for (;;) {}'],
    ] as const) {
      it(`ends ${what} ${mode}, and keeps what was there`, async () => {
        await client.execute(`const kept = "${what} ${mode}";`);
        const id = await client.begin(code);
        await printedBy(id, "now");
        await interrupt();
        const { reply } = await client.outcome(id);
        assert.equal(reply.content.status, "error");
        assert.match(reply.content.ename, /interrupt/i);
        const { published } = await client.execute("console.log(kept)");
        assert.equal(printed(published, "stdout"), `${what} ${mode}\n`);
      });
    }
  }

  it("survives an interrupt while nothing runs", async () => {
    await client.request("interrupt_request", {}, { channel: "control" });
    client.kernel.kill("SIGINT");
    let { reply } = await client.execute("six");
    // a signal may take its time, and then meets this cell
    if (/interrupt/i.test(reply.content.ename)) ({ reply } = await client.execute("six"));
    assert.equal(reply.content.status, "ok");
  });

  it("asks whoever sent the cell for input, and goes on with the answer", async () => {
    const id = await client.begin('console.log("Hello " + prompt("Name? "))', { allow_stdin: true });
    const question = await client.message(({ channel, parent }) => channel === "stdin" && parent === id);
    assert.deepEqual(question.content, { prompt: "Name? ", password: false });
    await client.send("input_reply", { value: "Ada 😀" }, { channel: "stdin", parent: question.header });
    const { published } = await client.outcome(id);
    assert.equal(printed(published, "stdout"), "Hello Ada 😀\n");
  });

  it("lets a cell that waits for input be interrupted", async () => {
    const id = await client.begin('prompt("Never? ")', { allow_stdin: true });
    await client.message(({ channel, parent }) => channel === "stdin" && parent === id);
    await client.request("interrupt_request", {}, { channel: "control" });
    assert.equal((await client.outcome(id)).reply.content.status, "error");
    assert.equal((await client.execute("six")).reply.content.status, "ok");
  });

  it("fails a cell that asks where nobody can answer", async () => {
    const { reply } = await client.execute('prompt("Name? ")', { allow_stdin: false });
    assert.equal(reply.content.status, "error");
  });

  it("holds lines to pages that either side opens, with bytes both ways", async () => {
    const { published } = await client.execute(`
      const { comms } = (globalThis as any)[Symbol.for("patchlab.display")];
      const line = comms.open("page.target", { data: { hello: 1 }, buffers: [new Uint8Array([1, 2, 3])] });
      line.onMessage(({ data, buffers }) => line.send({ data: { got: data.x }, buffers: [buffers[0].map((b) => b * 2)] }));
      comms.register("cell.target", (comm, { data }) => comm.send({ data: { welcome: data.name } }));`);
    const opened = published.find(({ type }) => type === "comm_open")!;
    assert.deepEqual([opened.content.target_name, opened.content.data], ["page.target", { hello: 1 }]);
    assert.deepEqual([...opened.buffers[0]!], [1, 2, 3]);
    const { comm_id } = opened.content;

    const asked = await client.send("comm_msg", { comm_id, data: { x: 5 } }, { buffers: [new Uint8Array([10, 20])] });
    const answered = await client.message(({ type, content }) => type === "comm_msg" && content.comm_id === comm_id);
    assert.deepEqual(answered.content.data, { got: 5 });
    assert.equal(answered.parent, asked);
    assert.deepEqual([...answered.buffers[0]!], [20, 40]);

    await client.send("comm_open", { comm_id: "from page", target_name: "cell.target", data: { name: "Ada" } });
    const welcomed = await client.message(
      ({ type, content }) => type === "comm_msg" && content.comm_id === "from page",
    );
    assert.deepEqual(welcomed.content.data, { welcome: "Ada" });
    const open = await client.request("comm_info_request", {});
    assert.deepEqual(open.content.comms, {
      [comm_id]: { target_name: "page.target" },
      "from page": { target_name: "cell.target" },
    });
    await client.published(await client.send("comm_close", { comm_id: "from page", data: {} }));
    const left = await client.request("comm_info_request", { target_name: "cell.target" });
    assert.deepEqual(left.content.comms, {});

    await client.send("comm_open", { comm_id: "unwanted", target_name: "unknown", data: {} });
    await client.message(({ type, content }) => type === "comm_close" && content.comm_id === "unwanted");
  });

  it("gives what a timer throws after its cell to that cell", async () => {
    const id = await client.begin('setTimeout(() => { throw new Error("late") }, 100); 1');
    await client.outcome(id);
    const late = await client.message(({ type, parent }) => type === "error" && parent === id);
    assert.equal(late.content.evalue, "late");
    assert.equal((await client.execute("six")).reply.content.status, "ok");
  });

  it("reports a cell that ends its process, and runs the next in a new one", async () => {
    const { reply } = await client.execute("process.kill(process.pid, 'SIGKILL'); await new Promise(() => {})");
    assert.equal(reply.content.status, "error");
    const { execution_count } = reply.content;
    const next = await client.execute("typeof six");
    assert.equal(next.reply.content.execution_count, execution_count + 1);
    assert.equal(next.reply.content.status, "error", "names of the process that ended are unknown");
    assert.equal(result((await client.execute("1 + 1")).published), "2");
  });

  it("reports process.exit in a cell and goes on", async () => {
    const { reply } = await client.execute("process.exit(3)");
    assert.equal(reply.content.status, "error");
    assert.match(plain(reply.content.traceback), /exit/);
    assert.equal(result((await client.execute("1 + 1")).published), "2");
  });

  it("remembers what was run, and forgets nothing over a process that ended", async () => {
    const { content } = await client.request("history_request", { hist_access_type: "tail", n: 1, output: true });
    const [[session, line, [source, output]]] = content.history;
    assert.deepEqual([session, source, output], [0, "1 + 1", "2"]);
    const again = await client.request("history_request", {
      hist_access_type: "range",
      session,
      start: line,
      stop: line + 1,
    });
    assert.deepEqual(again.content.history, [[0, line, "1 + 1"]]);
  });
});

describe("the kernel that Jupyter starts, ending", () => {
  const folder = temporaryFolder();
  let argv: string[];

  before(async () => {
    const { path } = await installKernel({ prefix: folder() });
    argv = JSON.parse(readFileSync(join(path, "kernel.json"), "utf8")).argv;
  });

  /** Starts a kernel whose cells' process is known. */
  async function start(): Promise<{ client: JupyterClient; cells: number }> {
    const client = await JupyterClient.start(argv, folder());
    const { published } = await client.execute("console.log(process.pid)");
    return { client, cells: Number(printed(published, "stdout")) };
  }

  /** Resolves when the process is gone; the test's own time limit ends the waiting. */
  async function gone(pid: number): Promise<void> {
    while (alive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  for (const [what, code] of [
    ["nothing runs", ""],
    ["a cell loops", 'console.log("now"); for (;;) {}'],
    ["a cell waits for ever", 'console.log("now"); await new Promise(() => {})'],
    [
      "timers and threads are at work",
      'import { Worker } from "node:worker_threads"; setInterval(() => {}, 1); new Worker("for (;;) {}", { eval: true }); console.log("now");',
    ],
    [
      "a cell refuses to end",
      'process.on("SIGTERM", () => {}); process.on("exit", () => { for (;;) {} }); console.log("now"); for (;;) {}',
    ],
  ] as const) {
    it(`ends by itself within a second on a shutdown request while ${what}, and its cells with it`, async () => {
      const { client, cells } = await start();
      if (code !== "") {
        await client.begin(code);
        await client.message(({ type, content }) => type === "stream" && content.text.includes("now"));
      }
      const begun = performance.now();
      assert.equal(await client.shutdown(true), 0);
      // twice what it takes, for a machine that has other things to do
      assert.ok(performance.now() - begun < 2000);
      await gone(cells);
      const replies = client.received.filter(({ type }) => type === "shutdown_reply");
      assert.deepEqual(replies.map(({ channel, content }) => [channel, content]).sort(), [
        ["control", { status: "ok", restart: true }],
        ["iopub", { status: "ok", restart: true }],
      ]);
    });
  }

  for (const signal of ["SIGTERM", "SIGHUP"] as const) {
    it(`ends with exit code 0 on ${signal}, and its cells with it`, async () => {
      const { client, cells } = await start();
      await client.begin("for (;;) {}");
      const exited = once(client.kernel, "exit");
      client.kernel.kill(signal);
      assert.deepEqual(await exited, [0, null]);
      await gone(cells);
      client.close();
    });
  }

  it("leaves no process of the cells behind when it is killed", async () => {
    const { client, cells } = await start();
    await client.begin('console.log("now"); for (;;) {}');
    await client.message(({ type, content }) => type === "stream" && content.text.includes("now"));
    client.kernel.kill("SIGKILL");
    await gone(cells);
    client.close();
  });

  it("ends when it is told to before it has started", async () => {
    const { kernel } = await startKernel(argv, folder());
    await new Promise((resolve) => setTimeout(resolve, 150));
    kernel.kill("SIGTERM");
    await once(kernel, "exit");
  });

  it("goes on when nobody reads what it says on standard error any more", async () => {
    const { kernel, connectionFile } = await startKernel(argv, folder(), "pipe");
    const client = await JupyterClient.connect(connectionFile, kernel);
    kernel.stderr!.destroy();
    for (let count = 0; count < 3; count++) {
      await client.sendFrames("shell", ["no message"]);
      assert.equal((await client.request("kernel_info_request", {})).content.status, "ok");
    }
    await client.shutdown();
  });

  it("says what is missing when it is started by hand", () => {
    const [node, main] = argv as [string, string];
    const without = spawnSync(node, [main], { encoding: "utf8" });
    assert.equal(without.status, 2);
    assert.match(without.stderr, /kernel install/);
    const missing = spawnSync(node, [main, join(folder(), "none.json")], { encoding: "utf8" });
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /none\.json: the connection file cannot be read/);
  });

  it("says in one sentence that a port is taken, or that there is none", async () => {
    const [node, main] = argv as [string, string];
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const taken = await writeConnectionFile(folder(), { hb_port: (server.address() as { port: number }).port });
    const run = (file: string): { status: number | null; stderr: string } =>
      spawnSync(node, [main, file], { encoding: "utf8" });
    const { status, stderr } = run(taken);
    assert.equal(status, 1);
    assert.match(stderr, /^the kernel cannot listen on tcp:\/\/127\.0\.0\.1:\d+ for hb \(.*\): .*\n$/);
    server.close();
    const none = join(folder(), "port 0.json");
    writeFileSync(none, JSON.stringify({ ...JSON.parse(readFileSync(taken, "utf8")), shell_port: 0 }));
    const zero = run(none);
    assert.equal(zero.status, 1);
    assert.match(zero.stderr, /^.*port 0\.json: shell_port must be at least 1: .*\n$/);
  });
});
