/**
 * The process that runs the cells of one notebook, in the notebook's folder. Everything that they print, show, ask or
 * throw becomes a message to the parent, which never runs code of the user's.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import type { CompiledCell } from "../compiler/compiled-cell.js";
import { createCellFunctions } from "../values/cell-functions.js";
import { toDisplayData } from "../values/display-data.js";
import { type ReportContext, reportThrown } from "../values/error-report.js";
import { installHook } from "./cell-hook.js";
import { openChannel } from "./channel.js";
import { createComms } from "./comms.js";
import { endProcess } from "./end-process.js";
import { createExecutions } from "./executions.js";
import { guardExit } from "./guard-exit.js";
import type { CellOutcome, DisplayData, ErrorReport, RunOptions, ToCells } from "./messages.js";
import { cellMeta, createModules } from "./modules.js";
import { createOutputLimit } from "./output-limit.js";
import { createPage } from "./page.js";
import { followPlaces } from "./places.js";
import { createPrompt } from "./prompt.js";
import { addRecentGlobals } from "./recent-globals.js";
import { type CellNames, type CellResult, type CellRun, Interrupted, prepareRun } from "./run-cell.js";
import { captureStreams } from "./streams.js";

const folder = process.cwd();
const channel = await openChannel(receive);
const places = followPlaces();
const modules = createModules(folder, places);
const meta = cellMeta(folder);
const executions = createExecutions();
const printed = createOutputLimit();
const comms = createComms((event) => channel.send(event));
const context: ReportContext = { folder, sourceOf: (label) => places.sourceOf(label) };
const values = createCellFunctions((event) => channel.send(event), context);
const cells: CellNames = {};
/** The cell that is running. */
let current: CellRun | undefined;
let options: RunOptions | undefined;
/** The number of the run that began last, and of the one that is over. */
let begun = 0;
let over = 0;

/** What is known of a run that has settled. */
interface Settled {
  readonly compiled: CompiledCell;
  readonly signal: AbortSignal;
}

function report(thrown: unknown): ErrorReport {
  return reportThrown(thrown, context);
}

/** What goes wrong outside the cell's own promise is the running cell's or, after it, stands under the last one. */
function stray(thrown: unknown): void {
  if (!current?.fail(thrown)) channel.send({ type: "error", ...report(thrown) });
}

/** Ends when the run is interrupted: what a value shows itself as may be a promise that never settles. */
async function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop!: () => void;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
  });
  if (signal.aborted) stop();
  return Promise.race([work, stopped]).finally(() => signal.removeEventListener("abort", stop));
}

async function shown(value: unknown, signature: string | undefined): Promise<DisplayData | undefined> {
  await values.settled();
  return toDisplayData(value, signature === undefined ? { context } : { context, signature });
}

async function outcomeOf(result: CellResult, { compiled, signal }: Settled): Promise<CellOutcome> {
  const { defined } = result;
  if (!result.ok) {
    values.stop();
    return { status: "error", defined, error: report(result.thrown) };
  }
  try {
    const data = await unlessInterrupted(shown(result.value, compiled.signature), signal);
    return { status: "ok", defined, ...(data === undefined ? {} : { result: data }) };
  } catch (thrown) {
    return { status: "error", defined, error: report(thrown) };
  }
}

/** Ends a run, once. */
function finish(number: number, outcome: CellOutcome): void {
  if (number !== begun || over === number) return;
  over = number;
  current = undefined;
  const note = printed.note();
  if (note) channel.send({ type: "stream", name: "stderr", text: note });
  printed.restart();
  channel.send({ type: "done", outcome });
  channel.setOver(number);
}

function run({ compiled, options: given }: Extract<ToCells, { type: "run" }>): void {
  const number = ++begun;
  options = given;
  let prepared: CellRun;
  try {
    prepared = prepareRun(compiled, { cells, modules, places, meta, attended: given.allowInput });
  } catch (thrown) {
    finish(number, { status: "error", defined: [], error: report(thrown) });
    return;
  }
  current = prepared;
  executions.begin(given.cell, prepared.execution);
  void prepared.finished
    .then((result) => outcomeOf(result, { compiled, signal: prepared.signal }))
    .then((outcome) => finish(number, outcome));
  try {
    // An interrupt may cut this call off, so nothing may follow it.
    prepared.start();
  } catch (thrown) {
    prepared.fail(thrown);
  }
}

function interrupt(how: "cut" | "end" | undefined): void {
  channel.acknowledgeInterrupt();
  if (!current) return;
  if (how === "end") {
    values.stop();
    finish(begun, { status: "error", defined: current.defined(), error: report(new Interrupted()) });
  } else current.interrupt(how === "cut");
}

function receive(message: ToCells): void {
  if (message.type === "run") run(message);
  else if (message.type === "interrupt") interrupt(message.how);
  else if (message.type === "comm") comms.receive(message);
  else if (message.type === "end") endProcess();
}

function provideGlobals(): void {
  const require = createRequire(join(folder, "cell.ts"));
  installHook({
    send: (event) => channel.send(event),
    execution: executions.current,
    report: (error) => channel.send({ type: "error", ...report(error) }),
    ...(process.argv.includes("--comms") ? { comms } : {}),
  });
  const prompt = createPrompt(
    (question) => channel.ask(question),
    () => options?.allowInput ?? false,
  );
  const page = createPage((data) => channel.send({ type: "page", data }));
  Object.assign(globalThis, {
    ...values.functions,
    page,
    prompt,
    require,
    __dirname: folder,
    __filename: join(folder, "cell.ts"),
  });
}

// A Ctrl-C in the terminal reaches this process too; what it means is the parent's to say.
process.on("SIGINT", () => undefined);
process.on("uncaughtException", stray);
process.on("unhandledRejection", stray);
captureStreams((name, text) => {
  const fitting = printed.fit(text);
  if (fitting !== "") channel.send({ type: "stream", name, text: fitting });
});
addRecentGlobals();
guardExit();
provideGlobals();
channel.send({ type: "ready" });
