import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type CellProcess, startCellProcess } from "#dist/kernel/cells/cell-process.js";
import type { CellEvent, CellOutcome, CommEvent, ErrorReport } from "#dist/kernel/cells/messages.js";
import type { CompiledCell } from "#dist/kernel/compiler/compiled-cell.js";
import { handCompiled } from "../../support/hand-compiled.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("the process that runs cells", () => {
  const folder = temporaryFolder();
  let cells: CellProcess;
  let events: CellEvent[] = [];
  const ends: ErrorReport[] = [];
  let onEvent: (event: CellEvent) => void = () => undefined;
  let id = 0;

  async function start(): Promise<void> {
    const listener = (event: CellEvent): void => {
      events.push(event);
      onEvent(event);
    };
    const onEnd = (error: ErrorReport): void => void ends.push(error);
    cells = await startCellProcess({ folder: folder(), listener, onEnd, comms: true });
  }

  before(start);
  after(() => cells.close());
  beforeEach(() => {
    events = [];
    onEvent = () => undefined;
  });

  function run(source: string, names: string[] = [], more: Partial<CompiledCell> = {}): Promise<CellOutcome> {
    const compiled = { ...handCompiled(++id, source, names), ...more };
    return cells.run(compiled, { cell: `cell-${id}`, allowInput: true });
  }

  function printed(name: "stdout" | "stderr" = "stdout"): string {
    return events.map((event) => (event.type === "stream" && event.name === name ? event.text : "")).join("");
  }

  /** Runs a cell and interrupts it once it has printed. */
  async function interrupted(source: string): Promise<CellOutcome> {
    let sent = false;
    onEvent = (event) => {
      if (event.type !== "stream" || sent) return;
      sent = true;
      cells.interrupt();
    };
    return run(source);
  }

  function text(outcome: CellOutcome): unknown {
    return outcome.status === "ok" ? outcome.result?.["text/plain"] : outcome;
  }

  it("returns the last value, and the names that were initialised when the cell failed halfway", async () => {
    assert.equal(text(await run("let a = 20; return a + 1;", ["a"])), "21");
    const first = id;
    assert.equal(text(await run(`__cell.cells[${first}].a += 2; return __cell.cells[${first}].a;`)), "22");
    const failed = await run("let b = 1; nothere(); let c = 2;", ["b", "c"]);
    assert.equal(failed.status, "error");
    assert.deepEqual(failed.status === "error" && failed.defined, ["b"]);
    assert.deepEqual(await run("undefined;"), { status: "ok", defined: [] });
  });

  it("names the cell's own line in an error, the cell's that defined the function, and in a printed stack", async () => {
    const defining = await run("let broken = () => {\n\n  throw new RangeError('on purpose');\n};", ["broken"]);
    assert.equal(defining.status, "ok");
    const source = `\ntry { __cell.cells[${id}].broken(); } catch (e) { console.log(e.stack); }\n__cell.cells[${id}].broken();`;
    const label = `cell [${id}]`;
    const outcome = await run(source);
    assert.ok(outcome.status === "error");
    assert.deepEqual([outcome.error.ename, outcome.error.evalue], ["RangeError", "on purpose"]);
    const traceback = outcome.error.traceback.join("\n");
    assert.ok(traceback.includes(`${label}:3`), traceback);
    assert.ok(traceback.includes(`cell [${id}]:3`), traceback);
    assert.ok(printed().includes(`${label}:3`), printed());
    assert.doesNotMatch(traceback, /run-cell|node:internal|patchlab-cell/);
    assert.doesNotMatch(printed(), /run-cell|child\.js|patchlab-cell/);
  });

  it("delivers 100,000 lines complete and in order before the outcome", async () => {
    await run("for (let i = 0; i < 100000; i++) console.log('line ' + i);");
    assert.equal(printed(), Array.from({ length: 100000 }, (_, i) => `line ${i}\n`).join(""));
  });

  it("delivers what is printed while the cell computes without a pause", async () => {
    let early = false;
    const done = run("console.log('now'); const end = Date.now() + 1500; while (Date.now() < end);").then(() => true);
    while (printed() === "") await setTimeout(10);
    early = (await Promise.race([done, setTimeout(0, false)])) === false;
    await done;
    assert.equal(early, true);
  });

  it("delivers what other processes write into its own output", async () => {
    await run("require('node:child_process').execSync('echo from outside', { stdio: 'inherit' });");
    assert.equal(printed(), "from outside\n");
  });

  it("cuts what a cell prints at 10 million characters, with a note that says how much there was", async () => {
    const outcome = await run(
      "const line = 'x'.repeat(999) + '\\n'; for (let i = 0; i < 50000; i++) console.log(line);",
    );
    assert.equal(outcome.status, "ok");
    assert.equal(printed().length, 10_000_000);
    assert.match(printed("stderr"), /printed 50\.\d million characters, of which the first 10\.0 million are shown/);
    events = [];
    await run("console.log('again');");
    assert.equal(printed(), "again\n");
  });

  describe("interrupted", () => {
    const loops: Record<string, string> = {
      "in a loop": "console.log('on'); for (;;);",
      "in a loop that catches everything":
        "console.log('on'); for (;;) { try { for (;;); } catch {} finally { for (;;); } }",
      "in a loop after an await": "await null; console.log('on'); for (;;);",
      "in a loop after a pause": "await new Promise((r) => setTimeout(r, 20)); console.log('on'); for (;;);",
      "in a timer's loop": "setTimeout(() => { console.log('on'); for (;;); }, 5); await new Promise(() => {});",
      "in a long native call": "console.log('on'); /(a+)+$/.test('a'.repeat(50) + 'b');",
      "at an await that never settles": "console.log('on'); await __cell.wait(new Promise(() => {}));",
      "at an await of an inner function": "console.log('on'); await (async () => { await new Promise(() => {}); })();",
    };
    for (const [where, source] of Object.entries(loops))
      it(`${where}, the cell ends and the state stays`, async () => {
        await run("let kept = { before: 1 };", ["kept"]);
        const before = id;
        const outcome = await interrupted(source);
        assert.ok(outcome.status === "error", JSON.stringify(outcome));
        assert.equal(outcome.error.ename, "Interrupted");
        assert.equal(text(await run(`return __cell.cells[${before}].kept.before;`)), "1");
      });

    it("at its own await, runs its finally block and does not go on", async () => {
      const outcome = await interrupted(
        "console.log('on'); try { await __cell.wait(new Promise((r) => setTimeout(r, 400))); console.log('after'); } finally { console.log('cleaned'); }",
      );
      assert.equal(outcome.status, "error");
      await setTimeout(500);
      assert.equal(printed(), "on\ncleaned\n");
    });

    it("aborts the signal that long jobs take", async () => {
      const outcome = await interrupted(`
        const { signal } = globalThis[Symbol.for("patchlab.display")].execution();
        console.log("on");
        await new Promise((_, reject) => signal.addEventListener("abort", () => { console.log("told"); reject(signal.reason); }));`);
      assert.ok(outcome.status === "error");
      assert.equal(outcome.error.ename, "Interrupted");
      assert.equal(printed(), "on\ntold\n");
    });

    const stubborn: Record<string, string> = {
      "while its value is shown": "console.log('on'); return { [Symbol.for('Jupyter.display')]() { for (;;); } };",
      "while its value waits to be shown":
        "console.log('on'); return { [Symbol.for('Jupyter.display')]: () => new Promise(() => {}) };",
      "while its error is reported":
        "console.log('on'); const e = new Error(); Object.defineProperty(e, 'message', { get() { for (;;); } }); throw e;",
      "while it catches every error":
        "console.log('on'); for (;;) { try { await __cell.wait(new Promise((r) => setTimeout(r, 10))); } catch {} }",
      "while it shows things without a pause": "console.log('on'); for (let i = 0; ; i++) display(i);",
      "after it displayed what never draws":
        "display({ [Symbol.for('Jupyter.display')]: () => new Promise(() => {}) }); console.log('on'); await __cell.wait(new Promise(() => {}));",
    };
    for (const [when, source] of Object.entries(stubborn))
      it(`${when}, the cell ends all the same and the next one runs`, async () => {
        const outcome = await interrupted(source);
        assert.ok(outcome.status === "error", JSON.stringify(outcome));
        assert.equal(text(await run("return 'next';")), "next");
      });

    it("leaves no signal to what begins after it, such as a timer's work", async () => {
      const signal = `globalThis[Symbol.for("patchlab.display")].execution().signal`;
      await interrupted(
        `console.log("on"); setTimeout(() => console.log(${signal}), 400); await __cell.wait(new Promise(() => {}));`,
      );
      while (!printed().includes("undefined")) await setTimeout(5);
      assert.equal(text(await run(`return ${signal}.aborted;`)), "false");
    });

    it("while no cell runs, does nothing", async () => {
      cells.interrupt();
      assert.equal(text(await run("return 1;")), "1");
    });

    it("fifty times in a row, takes the next cell each time", async () => {
      for (let i = 0; i < 50; i++) {
        const outcome = await interrupted(
          i % 2 === 0 ? "console.log('on'); for (;;);" : "await null; console.log('on'); for (;;);",
        );
        assert.equal(outcome.status, "error");
        assert.equal(text(await run(`return ${i};`)), `${i}`);
      }
    });
  });

  describe("asked for input", () => {
    it("blocks until the answer comes, and hands out what was asked", async () => {
      onEvent = (event) => {
        if (event.type === "input") cells.answer("blue 🙂");
      };
      const outcome = await run("const colour = prompt('Colour? ', { password: true }); return colour + '!';");
      assert.equal(text(outcome), "blue 🙂!");
      assert.deepEqual(events, [{ type: "input", prompt: "Colour? ", password: true }]);
    });

    it("ends with an interrupt", async () => {
      onEvent = (event) => {
        if (event.type === "input") cells.interrupt();
      };
      const outcome = await run("return prompt('?');");
      assert.equal(outcome.status === "error" && outcome.error.ename, "Interrupted");
    });

    it("refuses where nobody can answer", async () => {
      const compiled = handCompiled(++id, "return prompt('Name?');");
      const outcome = await cells.run(compiled, { cell: "x", allowInput: false });
      assert.match(outcome.status === "error" ? outcome.error.evalue : "", /prompt\("Name\?"\) cannot be answered/);
    });
  });

  describe("with comms", () => {
    const message = (event: CommEvent["event"], more: Partial<CommEvent> = {}): CommEvent => ({
      type: "comm",
      event,
      id: "from-page",
      data: {},
      metadata: {},
      buffers: [],
      ...more,
    });
    const comms = `globalThis[Symbol.for("patchlab.display")].comms`;

    it("opens a line, answers what comes on it with its bytes, and hears that it was closed", async () => {
      await run(`
        const comm = ${comms}.open("jupyter.widget", { data: { a: 1 }, metadata: { version: "2.1.0" }, buffers: [new Uint8Array([1, 2])] });
        comm.onMessage(({ data, buffers }) => comm.send({ data: { twice: data.x * 2 }, buffers: [buffers[0].map((v) => v + 1)] }));
        comm.onClose(() => console.log("closed"));`);
      const open = events[0] as CommEvent;
      assert.deepEqual(
        [open.event, open.target, open.data, open.metadata],
        ["open", "jupyter.widget", { a: 1 }, { version: "2.1.0" }],
      );
      assert.deepEqual([...open.buffers[0]!], [1, 2]);
      cells.comm(message("message", { id: open.id, data: { x: 21 }, buffers: [new Uint8Array([7, 8])] }));
      while (events.length < 2) await setTimeout(5);
      const answer = events[1] as CommEvent;
      assert.deepEqual([answer.event, answer.id, answer.data], ["message", open.id, { twice: 42 }]);
      assert.deepEqual([...answer.buffers[0]!], [8, 9]);
      cells.comm(message("close", { id: open.id }));
      while (printed() === "") await setTimeout(5);
      assert.equal(printed(), "closed\n");
    });

    it("takes lines that the page opens to a target, and closes those to an unknown one", async () => {
      await run(`${comms}.register("echo", (comm, { data }) => comm.send({ data: { got: data } }));`);
      cells.comm(message("open", { target: "echo", data: { hello: 1 } }));
      cells.comm(message("open", { id: "other", target: "nobody" }));
      while (events.length < 2) await setTimeout(5);
      assert.deepEqual(
        events.map((event) => event.type === "comm" && [event.event, event.id, event.data]),
        [
          ["message", "from-page", { got: { hello: 1 } }],
          ["close", "other", {}],
        ],
      );
    });

    it("shows what a listener to the page reports as an error of no cell", async () => {
      const done = run(
        "console.log('waiting'); globalThis[Symbol.for('patchlab.display')].report(new Error('heard')); return await new Promise((r) => setTimeout(r, 50, 'fine'));",
      );
      assert.equal(text(await done), "fine");
      assert.deepEqual(
        events.filter(({ type }) => type === "error").map((event) => event.type === "error" && event.evalue),
        ["heard"],
      );
    });

    it("hears the page while a cell waits", async () => {
      await run(`${comms}.register("resolve", (_, { data }) => globalThis.resolveIt(data.value));`);
      const done = run(
        "console.log('waiting'); return await new Promise((resolve) => { globalThis.resolveIt = resolve; });",
      );
      while (printed() === "") await setTimeout(5);
      cells.comm(message("open", { id: "late", target: "resolve", data: { value: 5 } }));
      assert.equal(text(await done), "5");
    });
  });

  describe("imports", () => {
    const imported = (specifier: string, what: string): string =>
      `const m = await __cell.import(${JSON.stringify(specifier)}); return ${what};`;

    it("ESM-only packages of the folder, which have no require condition, and CommonJS ones with all their names", async () => {
      const esm = join(folder(), "node_modules", "esm-only");
      mkdirSync(esm, { recursive: true });
      writeFileSync(join(esm, "package.json"), '{"name":"esm-only","type":"module","exports":{"import":"./i.js"}}');
      writeFileSync(join(esm, "i.js"), "export const answer = await Promise.resolve(42);");
      assert.equal(text(await run(imported("esm-only", "m.answer"))), "42");
      const cjs = join(folder(), "node_modules", "hidden-names");
      mkdirSync(cjs);
      writeFileSync(join(cjs, "package.json"), '{"name":"hidden-names"}');
      writeFileSync(join(cjs, "index.js"), "const all = { one: 1 }; all['t' + 'wo'] = 2; module.exports = all;");
      assert.equal(text(await run(imported("hidden-names", "m.two + m.default.one"))), "3");
    });

    it("the package that the kernel belongs to, in a folder without one", async () => {
      assert.equal(text(await run(imported("patchlab", "typeof m.loadModel"))), "function");
    });

    it("JSON and TypeScript files beside the notebook, anew once their code has changed", async () => {
      const json = join(folder(), "data.json");
      writeFileSync(json, '{"list":[1,2,3]}');
      const helper = join(folder(), "helper.ts");
      const inner = join(folder(), "inner.ts");
      const imports = {
        "./data.json": { kind: "json", file: json },
        "./helper": { kind: "typescript", file: helper },
      } as const;
      const map = '{"version":3,"sources":["x"],"names":[],"mappings":"AAAA"}';
      const innerModule = {
        file: inner,
        source: "",
        code: 'exports.base = require("esm-only").answer;',
        map,
        imports: {},
      };
      const outer = (factor: number) => ({
        file: helper,
        source: "",
        code: `const inner_1 = require("./inner"); exports.scaled = inner_1.base * ${factor}; exports.lazy = () => __import("./inner");`,
        map,
        imports: { "./inner": { kind: "typescript" as const, file: inner } },
      });
      const take = (source: string, factor: number) =>
        run(source, [], { imports, modules: [innerModule, outer(factor)] });
      assert.equal(text(await take(imported("./data.json", "m.default.list.length"), 1)), "3");
      assert.equal(text(await take(imported("./helper", "m.scaled"), 2)), "84");
      assert.equal(text(await take(imported("./helper", "m.scaled"), 3)), "126");
      assert.equal(text(await take(imported("./helper", "(await m.lazy()).base"), 3)), "42");
      writeFileSync(json, "{broken");
      const broken = await take(imported("./data.json", "m"), 3);
      assert.match(broken.status === "error" ? broken.error.evalue : "", /data\.json: cannot be imported as JSON/);
    });
  });

  describe("goes on", () => {
    it("after an exception in a timer, which is reported once the cell is over", async () => {
      assert.equal((await run("setTimeout(() => { throw new Error('late'); }, 30);")).status, "ok");
      while (events.length === 0) await setTimeout(5);
      assert.deepEqual(
        events.map((event) => event.type === "error" && [event.ename, event.evalue]),
        [["Error", "late"]],
      );
      assert.equal(text(await run("return 'here';")), "here");
    });

    it("after process.exit, which fails the cell", async () => {
      const outcome = await run("process.exit(3);");
      assert.ok(outcome.status === "error");
      assert.equal(outcome.error.ename, "ProcessExit");
      assert.match(outcome.error.evalue, /process\.exit\(3\) was called/);
    });

    it("after a worker that ran out of memory, which is an error", async () => {
      const outcome = await run(`
        const { Worker } = require("node:worker_threads");
        const worker = new Worker("const all = []; for (;;) all.push(new Array(1e5).fill(1.5));", { eval: true, resourceLimits: { maxOldGenerationSizeMb: 32 } });
        await new Promise(() => {});`);
      assert.ok(outcome.status === "error");
      assert.match(outcome.error.evalue, /memory/);
      assert.equal(text(await run("return 'here';")), "here");
    });
  });

  it("fails a cell for a rejection that nobody handles, though its last value is there", async () => {
    const outcome = await run("Promise.reject(new RangeError('forgotten')); return 1;");
    assert.equal(outcome.status === "error" && outcome.error.evalue, "forgotten");
    assert.deepEqual(events, []);
  });

  it("reports the end of the process between two cells", async () => {
    await run("setTimeout(() => process.reallyExit(9), 20);");
    while (cells.alive()) await setTimeout(5);
    assert.match(ends[0]!.evalue, /ended after this cell \(exit code 9\)/);
    await start();
    assert.equal(ends.length, 1);
  });

  it("goes on though a cell puts a clock of its own in the place of Node's, or its own stacks", async () => {
    assert.equal(text(await run("const { mock } = require('node:test'); mock.timers.enable(); return 1;")), "1");
    assert.equal(text(await run("require('node:test').mock.timers.reset(); return 2;")), "2");
    await run("Error.prepareStackTrace = () => 'mine';");
    const outcome = await run("\nnothere();");
    assert.match(
      outcome.status === "error" ? outcome.error.traceback.join("\n") : "",
      new RegExp(`cell \\[${id}\\]:2`),
    );
  });

  it("cuts what other processes write into its own output, with the note", async () => {
    await run("require('node:child_process').execSync('yes | head -c 12000000', { stdio: 'inherit' });");
    assert.ok(printed().length <= 10_000_000);
    assert.match(printed("stderr"), /printed 12\.0 million characters/);
  });

  it("has today's functions on every Node that it runs on", async () => {
    const outcome = await run(`return JSON.stringify([
      Object.groupBy([1, 2, 3], (x) => (x % 2 ? "odd" : "even")),
      [...Map.groupBy([1, 2, 3], (x) => x % 2)],
      typeof Promise.withResolvers().resolve, [3, 1].toSorted()])`);
    assert.equal(text(outcome), '[{"odd":[1,3],"even":[2]},[[1,[1,3]],[0,[2]]],"function",[1,3]]');
  });

  it("ends without an abort while a network still runs", async function () {
    if (process.platform === "win32") this.skip();
    await run(`const { loadModel } = await __cell.import("patchlab");
      const model = await loadModel("efficientnet-lite0");
      const picture = { data: new Uint8Array(640 * 640 * 3), width: 640, height: 640, channels: 3 };
      model.extract(Array(32).fill(picture), { size: 640 }).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 300));`);
    await cells.close();
    assert.equal(cells.alive(), false);
    assert.equal(printed("stderr"), "");
    await start();
  });

  it("reports the end of the process while a cell runs, with what the cell had printed", async () => {
    const outcome = await run("console.log('bye'); process.reallyExit(7);");
    assert.ok(outcome.status === "ended");
    assert.match(outcome.error.evalue, /exit code 7/);
    assert.equal(cells.alive(), false);
    await start();
    assert.equal(text(await run("return 1;")), "1");
  });
});
