import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { CellEvent } from "#dist/kernel/cells/messages.js";
import type { Execution, Interpreter } from "#dist/kernel/interpreter.js";
import { startInterpreter } from "#dist/kernel/start-interpreter.js";
import { temporaryFolder } from "../support/temporary.js";

describe("startInterpreter(options)", () => {
  const folder = temporaryFolder();
  let interpreter: Interpreter;
  let events: CellEvent[] = [];
  let count = 0;

  before(async () => {
    interpreter = await startInterpreter({ folder: folder(), onEvent: (event) => events.push(event) });
  });
  after(() => interpreter.close());
  beforeEach(() => {
    events = [];
  });

  const execute = (source: string): Promise<Execution> => interpreter.execute(source, { label: `cell [${++count}]` });

  async function value(source: string): Promise<unknown> {
    const execution = await execute(source);
    return execution.status === "ok" ? execution.result?.["text/plain"] : execution.error;
  }

  async function error(source: string): Promise<string> {
    const execution = await execute(source);
    assert.ok(execution.status === "error", "the cell did not fail");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escape sequences
    return execution.error.traceback.join("\n").replace(/\u001b\[\d+m/g, "");
  }

  async function until(text: string): Promise<void> {
    while (!events.some((event) => event.type === "stream" && event.text.includes(text))) await setTimeout(5);
  }

  it("redeclares constants, classes and functions with other types, and awaits at the top level", async () => {
    await execute("const a = 1; class Shape { area() { return 1; } } function twice(x: number) { return 2 * x; }");
    await execute('const a = "text"; class Shape { sides = 4; } function twice(x: string) { return x + x; }');
    assert.equal(await value("await Promise.resolve(twice(a) + new Shape().sides)"), "texttext4");
    assert.equal(await value("Promise.resolve(7)"), "7");
  });

  it("keeps what a cell had initialised when it failed, in types and values", async () => {
    assert.match(
      await error('const first: number = 5;\nconst second = JSON.parse("{");'),
      /SyntaxError[\s\S]*cell \[\d+\]:2:/,
    );
    assert.equal(await value("first.toFixed(1)"), "5.0");
    assert.match(await error("second"), /Cannot find name 'second'/);
  });

  it("shows the cell's line and column for errors of syntax, of types and at run time, in functions of earlier cells too", async () => {
    assert.match(await error("const ok = 1;\nconst = 2;"), new RegExp(`cell \\[${count}\\]:2:7`));
    assert.match(
      await error('let n: number = 1;\n\n  n = "text";'),
      new RegExp(`cell \\[${count}\\]:3:3[\\s\\S]*not assignable to type 'number'`),
    );
    await execute(
      "type Deep = { inner?: { value: number } };\n\nfunction reach(deep: Deep) {\n  return deep.inner!.value;\n}",
    );
    const defined = count;
    const traceback = await error("reach({});");
    assert.match(traceback, new RegExp(`cell \\[${defined}\\]:4:22`));
    assert.match(traceback, new RegExp(`cell \\[${count}\\]:1:1`));
  });

  it("imports JSON and TypeScript files of the folder, and takes their changes when the cell runs again", async () => {
    writeFileSync(join(folder(), "settings.json"), '{ "size": 518 }');
    writeFileSync(
      join(folder(), "geometry.ts"),
      "export enum Unit { Pixel = 'px' }\nexport const area = (w: number, h: number): number => w * h;",
    );
    const source =
      'import settings from "./settings.json";\nimport { area, Unit } from "./geometry";\narea(settings.size, 2) + Unit.Pixel';
    assert.equal(await value(source), "1036px");
    writeFileSync(
      join(folder(), "geometry.ts"),
      "export enum Unit { Pixel = 'pixels' }\nexport const area = (w: number, h: number): number => w + h;",
    );
    assert.equal(await value(source), "520pixels");
  });

  it("shows functions by their signature", async () => {
    assert.match(
      String(await value("function scale(values: Float32Array, factor = 2): Float32Array { return values; }\nscale")),
      /scale\(values: Float32Array.*, factor\?: number\): Float32Array/,
    );
  });

  it("completes while a cell runs, interrupts it, and knows what was there before", async () => {
    await execute("const kept = { colour: 'blue', count: 3 };");
    const running = execute('console.log("on"); await new Promise(() => {});');
    await until("on");
    const { matches } = await interpreter.complete("kept.co", 7);
    assert.deepEqual(matches.map(({ text }) => text).toSorted(), ["colour", "count"]);
    interpreter.interrupt();
    const outcome = await running;
    assert.equal(outcome.status === "error" && outcome.error.ename, "Interrupted");
    assert.equal(await value("kept.colour"), "blue");
  });

  it("ends a cell at its own await when it is interrupted, so that it does not go on later", async () => {
    const running = execute('console.log("go"); await new Promise((r) => setTimeout(r, 300));\nconsole.log("later");');
    await until("go");
    interpreter.interrupt();
    await running;
    await setTimeout(500);
    assert.equal(
      events.some((event) => event.type === "stream" && event.text.includes("later")),
      false,
    );
  });

  it("ends a top-level for await when it is interrupted, so that it does not go on later", async () => {
    await execute('import { setInterval as every } from "node:timers/promises";\nlet rounds = 0;');
    const running = execute('console.log("round"); for await (const _ of every(20)) rounds++;');
    await until("round");
    await setTimeout(100);
    interpreter.interrupt();
    const outcome = await running;
    assert.equal(outcome.status === "error" && outcome.error.ename, "Interrupted");
    const rounds = await value("rounds");
    await setTimeout(150);
    assert.equal(await value("rounds"), rounds);
  });

  it("shows nothing as the value of functions that give none, and knows today's regular expressions", async () => {
    assert.deepEqual(await execute("clearOutput(true)"), { status: "ok" });
    assert.deepEqual(await execute('page("aside")'), { status: "ok" });
    assert.equal(await value('/[\\p{L}--[a-z]]/v.test("A")'), "true");
    assert.match(String(await value('import.meta.resolve("./a.ts")')), /^file:.*\/a\.ts$/);
  });

  it("runs cells in the order in which they were given", async () => {
    const all = await Promise.all([
      value("let order = [1]; await 0; order"),
      value("order.push(2); order"),
      value("order.length"),
    ]);
    assert.deepEqual(all, ["[ 1 ]", "[ 1, 2 ]", "2"]);
  });

  it("starts afresh after the process of the cells ended: earlier names are unknown to the compiler too", async () => {
    await execute("const gone = 1;");
    const execution = await execute('process.kill(process.pid, "SIGKILL"); await new Promise(() => {});');
    assert.ok(execution.status === "error" && execution.ended);
    assert.match(execution.error.evalue, /signal SIGKILL.*the next cell starts afresh/);
    assert.match(await error("gone"), /Cannot find name 'gone'/);
    assert.equal(await value("const gone = 2; gone"), "2");
    await execute("setTimeout(() => (process as any).reallyExit(5), 500);");
    while (events.length === 0) await setTimeout(5);
    assert.match(events[0]!.type === "error" ? events[0].evalue : "", /ended after this cell \(exit code 5\)/);
    assert.equal(await value("typeof require"), "function");
  });
});
