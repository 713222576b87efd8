/** The five sockets of a kernel. */
import { Reply, Router, XPublisher } from "zeromq";
import { PatchlabError } from "../../core/errors.js";
import type { Connection, SocketName } from "./connection-file.js";

/** The sockets that front ends send messages to. */
export type Channel = "shell" | "control" | "stdin";

export interface SocketEvents {
  /** Something came in; it may be anything. */
  received(channel: Channel, frames: Uint8Array[]): void;
  /** Somebody listens to what is published from now on. */
  subscribed(topic: string): void;
  /** Something could not be sent, or not be dealt with. */
  failed(problem: string): void;
}

type Frames = readonly (string | Uint8Array)[];

/** Without a limit and a wait every send is done when it returns: nothing is refused, dropped or out of order. */
const neverLose = { sendTimeout: 0, sendHighWaterMark: 0 };

/** How long what was sent last may take to leave after closing, in milliseconds. */
const linger = 300;

function openSockets(ipv6: boolean) {
  const routes = { ...neverLose, linger, ipv6 };
  return {
    shell: new Router(routes),
    control: new Router(routes),
    stdin: new Router(routes),
    iopub: new XPublisher({ ...routes, verbosity: "allSubs" }),
    hb: new Reply({ linger: 0, ipv6 }),
  };
}

/** Open sockets that were bound. They must be closed. */
export class KernelSockets {
  readonly #sockets: ReturnType<typeof openSockets>;
  #failed: (problem: string) => void = () => undefined;

  private constructor(sockets: ReturnType<typeof openSockets>) {
    this.#sockets = sockets;
  }

  /** @throws PatchlabError naming the endpoint that cannot be bound; then none stays open */
  static async bind({ endpoints }: Connection): Promise<KernelSockets> {
    const sockets = openSockets(endpoints.shell.startsWith("tcp://["));
    const names = Object.keys(sockets) as SocketName[];
    const results = await Promise.allSettled(names.map((name) => sockets[name].bind(endpoints[name])));
    const failed = results.findIndex(({ status }) => status === "rejected");
    const bound = new KernelSockets(sockets);
    if (failed < 0) return bound;
    bound.close();
    const name = names[failed]!;
    const cause = (results[failed] as PromiseRejectedResult).reason as Error;
    const problem = `the kernel cannot listen on ${endpoints[name]} for ${name} (${cause.message})`;
    throw new PatchlabError(`${problem}: let Jupyter choose another port`, { cause });
  }

  /** From now on what comes in goes to `events`. */
  listen(events: SocketEvents): void {
    this.#failed = (problem) => events.failed(problem);
    for (const channel of ["shell", "control", "stdin"] as const) {
      void this.#watch(channel, (frames) => events.received(channel, frames));
    }
    void this.#watch("iopub", ([frame]) => {
      // a subscription: the byte 1, then the topic
      if (frame?.[0] === 1) events.subscribed(frame.subarray(1).toString());
    });
    void this.#watch("hb", (frames) => this.#sockets.hb.send(frames));
  }

  /** Sends to the front end that its identities lead to; one that is gone gets nothing. */
  send(channel: Channel, frames: Frames): void {
    void this.#send(channel, frames);
  }

  /** Sends to all who have subscribed. */
  publish(frames: Frames): void {
    void this.#send("iopub", frames);
  }

  /** What was sent still leaves, for at most 300 ms. */
  close(): void {
    for (const socket of Object.values(this.#sockets)) socket.close();
  }

  async #send(name: Channel | "iopub", frames: Frames): Promise<void> {
    const socket = this.#sockets[name];
    if (socket.closed) return;
    try {
      await socket.send([...frames]);
    } catch (error) {
      this.#failed(`${name}: ${(error as Error).message}`);
    }
  }

  async #watch(name: SocketName, take: (frames: Buffer[]) => unknown): Promise<void> {
    for await (const frames of this.#sockets[name]) {
      try {
        await take(frames);
      } catch (error) {
        // the next message may be better
        this.#failed(`${name}: ${(error as Error).message}`);
      }
    }
  }
}
