/**
 * The thread that talks to the parent for the cells, so that what they print flows and an interrupt arrives while they
 * compute. It owns the pipe (file descriptor 3) and passes messages between it and the main thread.
 */
import { Session } from "node:inspector";
import { Socket } from "node:net";
import { type MessagePort, receiveMessageOnPort, workerData } from "node:worker_threads";
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

/** Joins lines that were printed in one go: a message each would cost the parent more than the printing. */
function forwardAll(first: FromCells): void {
  let held = first;
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
    const message = next.message as FromCells;
    if (message.type === "stream" && held.type === "stream" && message.name === held.name)
      held = { ...held, text: held.text + message.text };
    else {
      sendMessage(parent, held);
      held = message;
    }
  }
  sendMessage(parent, held);
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

function interrupt(): void {
  if (Atomics.load(state, slot.running) === 0) return;
  if (Atomics.load(state, slot.waiting) === 1) answer({ interrupted: true });
  const before = Atomics.load(state, slot.interrupts);
  const insist = (): void => {
    if (Atomics.load(state, slot.running) === 0 || Atomics.load(state, slot.interrupts) !== before) return;
    terminate();
    port.postMessage({ type: "interrupt", cut: true } satisfies ToCells);
    setTimeout(insist, 4 * patienceMilliseconds);
  };
  port.postMessage({ type: "interrupt" } satisfies ToCells);
  setTimeout(insist, patienceMilliseconds);
}

port.on("message", forwardAll);
readMessages<ToCells>(parent, (message) => {
  if (message.type === "interrupt") interrupt();
  else if (message.type === "answer") {
    if (Atomics.load(state, slot.waiting) === 1) answer({ text: message.text });
  } else {
    // Set here and not when the cell begins, so that an interrupt right behind it is not lost.
    if (message.type === "run") Atomics.store(state, slot.running, 1);
    port.postMessage(message);
  }
});
// Without the parent nobody can see or end the cells.
const die = (): boolean => process.kill(process.pid, "SIGKILL");
parent.on("end", die);
parent.on("error", die);
