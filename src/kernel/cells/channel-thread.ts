/**
 * The thread that talks to the parent for the cells, so that what they print flows and an interrupt arrives while they
 * compute. It owns the pipe (file descriptor 3) and passes messages between it and the main thread.
 */
import { Session } from "node:inspector";
import { Socket } from "node:net";
import { type MessagePort, workerData } from "node:worker_threads";
import { readMessages, sendMessage } from "./framing.js";
import type { FromCells, ToCells } from "./messages.js";
import { type SharedState, slot } from "./shared-state.js";

interface Setup {
  readonly port: MessagePort;
  /** Carries the answers to `prompt()`, which the main thread takes while it is blocked. */
  readonly answers: MessagePort;
  readonly state: SharedState;
}

const { port, answers, state } = workerData as Setup;
const parent = new Socket({ fd: 3, readable: true, writable: true });

let held: FromCells | undefined;
/** How many messages are joined in it. */
let joined = 0;

function flush(): void {
  if (held === undefined) return;
  const count = joined;
  sendMessage(parent, held, () => {
    Atomics.sub(state, slot.underway, count);
    Atomics.notify(state, slot.underway);
  });
  held = undefined;
  joined = 0;
}

/**
 * Joins lines that were printed in one go: a message each would cost the parent more than the printing. What the
 * parent says is read between two turns, however fast the cells are.
 */
function forward(message: FromCells): void {
  if (held?.type === "stream" && message.type === "stream" && message.name === held.name)
    held = { ...held, text: held.text + message.text };
  else {
    flush();
    held = message;
    if (message.type === "stream") setImmediate(flush);
  }
  joined++;
  if (message.type !== "stream") flush();
}

function answer(message: { text: string } | { interrupted: true }): void {
  answers.postMessage(message);
  Atomics.store(state, slot.waiting, 0);
  Atomics.notify(state, slot.waiting);
}

/** Ends what JavaScript the main thread is running, up to its event loop; nothing in the code can catch it. */
function terminate(): void {
  const session = new Session();
  session.connectToMainThread();
  session.post("Runtime.terminateExecution", () => session.disconnect());
}

/** A main thread that reads its messages takes an interrupt at once; one that does not is computing. */
const patienceMilliseconds = 60;
/** How long an interrupted cell may take to be over. */
const graceMilliseconds = 1000;

function isRunning(run: number): boolean {
  return Atomics.load(state, slot.begun) === run && Atomics.load(state, slot.over) < run;
}

function tell(how?: "cut" | "end"): void {
  port.postMessage({ type: "interrupt", ...(how ? { how } : {}) } satisfies ToCells);
}

/** Tells the main thread, and cuts off what it computes until it listens. */
function demand(run: number, how?: "end"): void {
  const before = Atomics.load(state, slot.interrupts);
  const insist = (): void => {
    if (!isRunning(run) || Atomics.load(state, slot.interrupts) !== before) return;
    terminate();
    tell(how ?? "cut");
    setTimeout(insist, 4 * patienceMilliseconds);
  };
  tell(how);
  setTimeout(insist, patienceMilliseconds);
}

/** What shows a result or reports an error can be cut off as well, and then nothing in the main thread ends the cell. */
function endLater(run: number): void {
  setTimeout(() => {
    if (!isRunning(run)) return;
    demand(run, "end");
    endLater(run);
  }, graceMilliseconds);
}

function interrupt(): void {
  const run = Atomics.load(state, slot.begun);
  if (!isRunning(run)) return;
  if (Atomics.load(state, slot.waiting) === 1) answer({ interrupted: true });
  demand(run);
  endLater(run);
}

port.on("message", forward);
readMessages<ToCells>(parent, (message) => {
  if (message.type === "interrupt") interrupt();
  else if (message.type === "answer") {
    if (Atomics.load(state, slot.waiting) === 1) answer({ text: message.text });
  } else {
    // Set here and not when the cell begins, so that an interrupt right behind it is not lost.
    if (message.type === "run") Atomics.add(state, slot.begun, 1);
    port.postMessage(message);
  }
});
// Without the parent nobody can see or end the cells.
const die = (): boolean => process.kill(process.pid, "SIGKILL");
parent.on("end", die);
parent.on("error", die);
