/** The main thread's end of the line to the parent. */
import { once } from "node:events";
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { FromCells, ToCells } from "./messages.js";
import { createSharedState, mostUnderway, slot } from "./shared-state.js";

export interface Channel {
  send(message: FromCells): void;
  /** Tells the other thread that the cell that came as number `run` is over. */
  setOver(run: number): void;
  /** Says that an interrupt has been taken. */
  acknowledgeInterrupt(): void;
  /** Sends a question and blocks until its answer comes; undefined when the cell is interrupted meanwhile. */
  ask(question: FromCells): string | undefined;
}

/** Starts the other thread. */
export async function openChannel(listener: (message: ToCells) => void): Promise<Channel> {
  const messages = new MessageChannel();
  const answers = new MessageChannel();
  const state = createSharedState();
  const worker = new Worker(new URL("./channel-thread.js", import.meta.url), {
    workerData: { port: messages.port2, answers: answers.port2, state },
    transferList: [messages.port2, answers.port2],
  });
  await once(worker, "online");
  // The cells decide what keeps the process busy, but nothing may end it while it waits for the next cell.
  const { port1: port } = messages;
  port.on("message", listener);
  const send = (message: FromCells): void => {
    for (let ahead = mostUnderway; ahead >= mostUnderway; ) {
      ahead = Atomics.load(state, slot.underway);
      if (ahead >= mostUnderway) Atomics.wait(state, slot.underway, ahead);
    }
    port.postMessage(message);
    Atomics.add(state, slot.underway, 1);
  };
  return {
    send,
    setOver: (run) => void Atomics.store(state, slot.over, run),
    acknowledgeInterrupt: () => void Atomics.add(state, slot.interrupts, 1),
    ask(question) {
      Atomics.store(state, slot.waiting, 1);
      send(question);
      Atomics.wait(state, slot.waiting, 1);
      return (receiveMessageOnPort(answers.port1)?.message as { text?: string } | undefined)?.text;
    },
  };
}
