import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import { Subscriber } from "zeromq";
import { PatchlabError } from "#dist/core/errors.js";
import { type ServedKernel, serveKernel } from "#dist/kernel/session/serve.js";
import { readConnectionFile } from "#dist/kernel/wire/connection-file.js";
import { JupyterClient, kindOf, printed, writeConnectionFile } from "../../support/jupyter-client.js";
import { ok, type Script, ScriptedInterpreter, thrown, value } from "../../support/scripted-interpreter.js";
import { temporaryFolder } from "../../support/temporary.js";

interface Served {
  kernel: ServedKernel;
  client: JupyterClient;
  file: string;
  interpreter: ScriptedInterpreter;
  complaints: string[];
}

const served: Served[] = [];

/** A kernel in this process, with sockets of its own and a client. */
async function serve(
  folder: string,
  scripts: Readonly<Record<string, Script>> = {},
  changes: Record<string, unknown> = {},
): Promise<Served> {
  const file = await writeConnectionFile(folder, changes);
  const interpreter = new ScriptedInterpreter(scripts);
  const complaints: string[] = [];
  const kernel = await serveKernel(readConnectionFile(file), {
    folder,
    complain: (sentence) => complaints.push(sentence),
    startInterpreter: async ({ onEvent }) => {
      interpreter.emit = onEvent;
      return interpreter;
    },
  });
  const client = await JupyterClient.connect(file);
  const all = { kernel, client, file, interpreter, complaints };
  served.push(all);
  return all;
}

describe("serveKernel", () => {
  const folder = temporaryFolder();

  afterEach(async () => {
    for (const { kernel, client } of served.splice(0)) {
      client.close();
      await kernel.close();
    }
  });

  it("brings 100,000 lines to the client, complete and in order, before the reply and idle", async () => {
    const lines = Array.from({ length: 100_000 }, (_, index) => `line ${index}\n`);
    const { client } = await serve(folder(), {
      print: ({ print }) => {
        for (const line of lines) print(line);
        return ok;
      },
    });
    const { reply, published } = await client.execute("print");
    assert.equal(reply.content.status, "ok");
    assert.equal(printed(published, "stdout"), lines.join(""));
    assert.equal(kindOf(published.at(-1)!), "status idle");
  });

  it("loses none of 20,000 messages that are sent without a pause", async () => {
    const { client } = await serve(folder(), {
      show: ({ emit }) => {
        for (let index = 0; index < 20_000; index++) {
          emit({ type: "display", data: { "text/plain": String(index) }, metadata: {}, update: false });
        }
        return ok;
      },
    });
    const { published } = await client.execute("show");
    const shown = published
      .filter(({ type }) => type === "display_data")
      .map(({ content }) => content.data["text/plain"]);
    assert.deepEqual(
      shown,
      Array.from({ length: 20_000 }, (_, index) => String(index)),
    );
  });

  it("answers 3,000 requests that are sent without a pause", async () => {
    const { client } = await serve(folder());
    const ids: string[] = [];
    for (let index = 0; index < 3000; index++) ids.push(await client.send("is_complete_request", { code: "x" }));
    await client.published(ids.at(-1)!);
    const replies = client.received.filter(({ type }) => type === "is_complete_reply");
    assert.deepEqual(
      replies.map(({ parent }) => parent),
      ids,
    );
  });

  it("welcomes the first who subscribes before it says that it starts, and both before anything else", async () => {
    const file = await writeConnectionFile(folder());
    const { iopub_port } = JSON.parse(readFileSync(file, "utf8"));
    // waits for the kernel, so that it is there when the kernel comes
    const early = new Subscriber();
    early.connect(`tcp://127.0.0.1:${iopub_port}`);
    early.subscribe();
    const kernel = await serveKernel(readConnectionFile(file), {
      folder: folder(),
      complain: () => undefined,
      startInterpreter: async () => new ScriptedInterpreter(),
    });
    const types = [];
    for (let count = 0; count < 2; count++) {
      const frames = (await early.receive()).map(String);
      const header = frames[frames.indexOf("<IDS|MSG>") + 2]!;
      types.push(JSON.parse(header).msg_type);
    }
    assert.deepEqual(types, ["iopub_welcome", "status"]);
    early.close();
    await kernel.close();
  });

  it("welcomes whoever subscribes later, tells all what one of them does, and only that one the reply", async () => {
    const { file, client } = await serve(folder());
    const other = await JupyterClient.connect(file);
    try {
      const welcome = await other.message(({ type }) => type === "iopub_welcome", "a welcome");
      assert.deepEqual([welcome.content, welcome.parent], [{ subscription: "" }, undefined]);
      const id = await other.begin("x");
      await Promise.all([client.published(id), other.published(id)]);
      assert.equal(client.received.filter(({ channel, parent }) => channel === "shell" && parent === id).length, 0);
    } finally {
      other.close();
    }
  });

  it("echoes the heartbeat while a cell runs", async () => {
    const { client, kernel } = await serve(folder(), {
      long: async ({ interrupted }) => {
        await interrupted;
        return ok;
      },
    });
    const id = await client.begin("long");
    await client.message(({ type, parent }) => type === "execute_input" && parent === id);
    assert.equal(await client.beat("ping ü"), "ping ü");
    kernel.interrupt();
    await client.outcome(id);
  });

  for (const [what, changes] of [
    ["without a key", () => ({ key: "" })],
    ["signed with SHA-512", () => ({ signature_scheme: "hmac-sha512", key: "" })],
    ["over ipc", () => ({ transport: "ipc", ip: join(folder(), "k") })],
  ] as const) {
    it(`serves ${what}`, async () => {
      const { client } = await serve(folder(), { x: () => value("1") }, changes());
      assert.equal((await client.execute("x")).reply.content.status, "ok");
    });
  }

  it("carries bytes beside messages both ways", async () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index);
    const { client, interpreter } = await serve(folder());
    const id = await client.send(
      "comm_open",
      { comm_id: "c", target_name: "t", data: {} },
      { buffers: [bytes, new Uint8Array()] },
    );
    await client.published(id);
    const came = interpreter.comms[0]!;
    assert.deepEqual(
      came.buffers.map((buffer) => Buffer.compare(buffer, bytes.subarray(0, buffer.length))),
      [0, 0],
    );
    interpreter.emit({ type: "comm", event: "message", id: "c", data: {}, metadata: {}, buffers: came.buffers });
    const back = await client.message(({ type }) => type === "comm_msg");
    assert.deepEqual(
      back.buffers.map(({ length }) => length),
      [100_000, 0],
    );
    assert.equal(Buffer.compare(back.buffers[0]!, bytes), 0);
  });

  it("refuses a message that comes a second time", async () => {
    const { client, interpreter, complaints } = await serve(folder());
    const parts = [client.header("execute_request"), {}, {}, { code: "x" }].map((part) => JSON.stringify(part));
    const frames = ["<IDS|MSG>", client.sign(parts), ...parts];
    await client.sendFrames("shell", frames);
    await client.sendFrames("shell", frames);
    await client.request("is_complete_request", { code: "" });
    assert.equal(interpreter.ran.length, 1);
    assert.deepEqual(complaints, ["A message on shell was refused, since it came a second time."]);
  });

  it("leaves out what JSON cannot hold, and goes on", async () => {
    const { client, complaints } = await serve(folder(), {
      bad: ({ emit }) => {
        emit({ type: "display", data: { "application/json": 1n }, metadata: {}, update: false });
        return ok;
      },
    });
    const { published, reply } = await client.execute("bad");
    assert.equal(reply.content.status, "ok");
    assert.equal(published.filter(({ type }) => type === "display_data").length, 0);
    assert.match(complaints.join(), /display_data could not be sent/);
  });

  it("names the endpoint that another program listens on", async () => {
    const { file } = await serve(folder());
    const start = (): Promise<never> => Promise.reject(new Error("must not start"));
    await assert.rejects(
      serveKernel(readConnectionFile(file), { folder: folder(), complain: () => undefined, startInterpreter: start }),
      (error: Error) =>
        error instanceof PatchlabError && /cannot listen on tcp:\/\/127.*choose another/.test(error.message),
    );
  });

  it("tells that its interpreter did not start", async () => {
    const file = await writeConnectionFile(folder());
    const kernel = await serveKernel(readConnectionFile(file), {
      folder: folder(),
      complain: () => undefined,
      startInterpreter: () => Promise.reject(new Error("no process")),
    });
    await assert.rejects(kernel.ended, /no process/);
    await kernel.close();
  });

  it("closes though its interpreter never does", async () => {
    const { kernel, interpreter } = await serve(folder());
    interpreter.close = () => new Promise(() => undefined);
    await kernel.close();
  });

  describe("used as VS Code's Jupyter extension does", () => {
    const forever: Script = async ({ interrupted }) => {
      await interrupted;
      return thrown("interrupted");
    };

    it("goes on after connections that only look whether its ports are open", async () => {
      const { client, file } = await serve(folder());
      const { shell_port, iopub_port } = JSON.parse(readFileSync(file, "utf8"));
      for (const port of [shell_port, iopub_port]) {
        for (const bytes of ["", "GET / HTTP/1.1\r\n\r\n", "\u0000".repeat(100)]) {
          const socket = connect(port, "127.0.0.1").on("error", () => undefined);
          await once(socket, "connect");
          socket.end(bytes);
        }
      }
      assert.equal((await client.request("kernel_info_request", {})).content.status, "ok");
    });

    it("runs hidden cells without counting them, with their results, and goes on after their errors", async () => {
      const { client } = await serve(folder(), { "1": () => value("1"), fail: () => thrown("no") });
      const hidden = { silent: false, store_history: false, stop_on_error: false, allow_stdin: true };
      const ids = [await client.begin("fail", hidden), await client.begin("1", hidden)];
      const { published, reply } = await client.outcome(ids[1]!);
      assert.equal(reply.content.execution_count, 0);
      assert.equal(published.filter(({ type }) => type === "execute_result").length, 1);
    });

    for (const channel of ["shell", "control"] as const) {
      it(`is interrupted by a message on ${channel}`, async () => {
        const { client } = await serve(folder(), { long: forever });
        const id = await client.begin("long");
        await client.message(({ type, parent }) => type === "execute_input" && parent === id);
        assert.equal((await client.request("interrupt_request", {}, { channel })).content.status, "ok");
        assert.equal((await client.outcome(id)).reply.content.evalue, "interrupted");
      });
    }

    it("takes an answer that does not name its question", async () => {
      const { client } = await serve(folder(), { ask: async ({ ask }) => value(await ask("?")) });
      const id = await client.begin("ask", { allow_stdin: true });
      await client.message(({ channel, parent }) => channel === "stdin" && parent === id);
      await client.send("input_reply", { value: "yes", status: "ok" }, { channel: "stdin" });
      const { published } = await client.outcome(id);
      assert.equal(published.find(({ type }) => type === "execute_result")?.content.data["text/plain"], "yes");
    });
  });

  describe("sent what is no message of its key's holder", () => {
    let all: Served;

    before(async () => {
      all = await serve(folder(), { fail: () => thrown("no") });
      await all.client.execute("x");
      served.pop();
    });

    after(async () => {
      all.client.close();
      await all.kernel.close();
    });

    /** The kernel answers, and nothing has run, been counted or been stored since the one cell at the start. */
    async function unchanged(): Promise<void> {
      const { client, interpreter } = all;
      assert.equal((await client.request("kernel_info_request", {})).content.status, "ok");
      const { content } = await client.request("history_request", { hist_access_type: "tail", n: 9 });
      assert.deepEqual(content.history, [[0, 1, "x"]]);
      assert.deepEqual(
        interpreter.ran.map(({ source }) => source),
        ["x"],
      );
      assert.equal(interpreter.interrupts, 0);
    }

    const channel = fc.constantFrom("shell", "control", "stdin");
    const type = fc.constantFrom(
      "execute_request",
      "shutdown_request",
      "interrupt_request",
      "complete_request",
      "comm_open",
      "input_reply",
      "nonsense",
    );
    const content = fc.oneof(fc.constant({ code: "evil", comm_id: "1", target_name: "t", value: "v" }), fc.object());

    it("stays as it is after random bytes", async () => {
      const frame = fc.oneof(fc.uint8Array({ maxLength: 64 }), fc.constant(Buffer.from("<IDS|MSG>")));
      await fc.assert(
        fc.asyncProperty(channel, fc.array(frame, { minLength: 1, maxLength: 9 }), async (on, frames) => {
          await all.client.sendFrames(on as "shell", frames);
          await unchanged();
        }),
        { numRuns: 60 },
      );
    });

    it("stays as it is after messages with a wrong signature, or none", async () => {
      const signature = fc.oneof(fc.constant(""), fc.string(), fc.constant("0".repeat(64)));
      await fc.assert(
        fc.asyncProperty(channel, type, content, signature, async (on, msg_type, what, wrong) => {
          const parts = [all.client.header(msg_type), {}, {}, what].map((part) => JSON.stringify(part));
          await all.client.sendFrames(on as "shell", ["<IDS|MSG>", wrong, ...parts]);
          await unchanged();
        }),
        { numRuns: 60 },
      );
    });

    it("stays as it is after signed messages with parts that are missing or are not JSON objects", async () => {
      const part = fc.oneof(fc.constantFrom("{}", "", "{", "null", "[]", '"x"', "\u0000"), fc.json());
      await fc.assert(
        fc.asyncProperty(channel, fc.array(part, { maxLength: 3 }), fc.nat(3), async (on, wrong, place) => {
          const good = [all.client.header("execute_request"), {}, {}, { code: "evil" }].map((each) =>
            JSON.stringify(each),
          );
          const parts = [...good.slice(0, place), ...wrong];
          if (parts.length === 4 && parts.every((each) => each.startsWith("{"))) return;
          await all.client.sendFrames(on as "shell", ["<IDS|MSG>", all.client.sign(parts), ...parts]);
          await unchanged();
        }),
        { numRuns: 60 },
      );
    });

    it("answers signed requests with a content of other kinds by an error, and stays as it is", async () => {
      const wrong = fc.oneof(fc.integer(), fc.boolean(), fc.array(fc.string()), fc.object());
      const requests = fc.constantFrom(
        ["execute_request", "code"],
        ["complete_request", "code"],
        ["inspect_request", "code"],
        ["is_complete_request", "code"],
        ["history_request", "hist_access_type"],
        ["comm_info_request", "target_name"],
      );
      await fc.assert(
        fc.asyncProperty(requests, wrong, async ([request, entry], what) => {
          const { content } = await all.client.request(request!, { [entry!]: what });
          assert.equal(content.status, "error");
          assert.equal(content.ename, "BadRequest");
          await unchanged();
        }),
        { numRuns: 60 },
      );
    });

    it("has said so on standard error, and not without end", () => {
      assert.ok(all.complaints.length > 0 && all.complaints.length < 100, `${all.complaints.length} complaints`);
      assert.match(all.complaints[0]!, /^A message on \w+ was refused, since it .*\.$/);
    });
  });
});
