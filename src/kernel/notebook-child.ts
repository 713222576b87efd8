/**
 * The process that runs the cells of one notebook, in the notebook's folder: tslab's compiler and executor without
 * Jupyter. Everything that cells print, show or throw becomes a message to the parent.
 */
import { StringDecoder } from "node:string_decoder";
import { format, inspect } from "node:util";
import { installDisplayHook } from "./display.js";
import { endProcess } from "./end-process.js";
import { reportDiagnostics, reportThrown } from "./error-report.js";
import type { FromCells, ToCells } from "./notebook-messages.js";
import { providePackage } from "./package-access.js";
import { loadTslab } from "./tslab.js";

// Taken at once, so that a cell that touches process.send cannot cut the line.
const sendToParent = process.send!.bind(process);
const send = (message: FromCells, sent: () => void = () => undefined): void => {
  if (process.connected) sendToParent(message, undefined, undefined, sent);
};

/** tslab prints each finding of the compiler through this format, and a thrown value alone. */
const diagnosticFormat = "%s%d:%d - %s";

/** Stands in for what a cell's run reports to tslab: its last expression, its findings, its error. */
class CellReport {
  readonly diagnostics: string[] = [];
  thrown: { value: unknown } | undefined;
  /** Settles when something outside the cell's own promise goes wrong, such as a timer's callback. */
  readonly stray: Promise<void>;
  fail!: (value: unknown) => void;

  constructor() {
    this.stray = new Promise((resolve) => {
      this.fail = (value) => {
        if (this.thrown) sendText("stderr", `${inspect(value)}\n`);
        else this.thrown = { value };
        resolve();
      };
    });
  }

  error(...args: unknown[]): void {
    if (args[0] === diagnosticFormat && args.length === 5) this.diagnostics.push(format(...args));
    else this.fail(args[0]);
  }
}

let current: CellReport | undefined;

function sendText(name: "stdout" | "stderr", text: string): void {
  send({ type: "stream", name, text });
}

function capture(name: "stdout" | "stderr"): void {
  const decoder = new StringDecoder("utf8");
  type Done = (error?: Error | null) => void;
  const write = (chunk: string | Uint8Array, second?: BufferEncoding | Done, third?: Done): boolean => {
    const done = typeof second === "function" ? second : third;
    sendText(name, typeof chunk === "string" ? chunk : decoder.write(Buffer.from(chunk)));
    if (done) process.nextTick(done);
    return true;
  };
  process[name].write = write as typeof process.stdout.write;
}

function catchStrays(): void {
  const stray = (error: unknown): void => {
    if (current) current.fail(error);
    else sendText("stderr", `${inspect(error)}\n`);
  };
  process.on("uncaughtException", stray);
  process.on("unhandledRejection", stray);
}

function start(): (code: string) => Promise<void> {
  const { converter, executor, jupyter, sys } = loadTslab();
  providePackage(process.cwd(), sys);
  jupyter.lastWriteDisplayData = ({ data, metadata, transient }, update) => {
    const displayId = transient.display_id;
    send({ type: "display", data, metadata, update: update === true, ...(displayId && { displayId }) });
  };
  installDisplayHook((data) => send({ type: "display", data, metadata: {}, update: false }));
  const cells = converter.createConverter({ isJS: false, isBrowser: false });
  const set = { node: cells, browser: cells, close: () => cells.close() };
  const { execute } = executor.createExecutor(process.cwd(), set, {
    log: (value) => send({ type: "result", text: typeof value === "string" ? value : inspect(value) }),
    error: (...args) => current?.error(...args),
  });

  return async (code) => {
    const report = new CellReport();
    current = report;
    await Promise.race([execute(code).catch(report.fail), report.stray]);
    // Rejections that nobody handles are known one turn of the event loop later.
    await new Promise((resolve) => setImmediate(resolve));
    if (report.thrown) send({ type: "error", ...reportThrown(report.thrown.value) });
    else if (report.diagnostics.length > 0) send({ type: "error", ...reportDiagnostics(report.diagnostics) });
    send({ type: "done", ok: !report.thrown && report.diagnostics.length === 0 });
  };
}

catchStrays();
capture("stdout");
capture("stderr");
const run = start();
process.on("disconnect", endProcess);
process.on("message", (message: ToCells) => {
  // Messages keep their order: once this one is out, so are all before it.
  if (message.type === "end") send({ type: "ended" }, endProcess);
  else if (message.type === "run") void run(message.code);
});
send({ type: "ready" });
