/** A kernel at work: its sockets, its session, and the interpreter of its cells. */
import type { CellEvent } from "../cells/messages.js";
import type { Interpreter, StartInterpreter } from "../interpreter.js";
import { limitedComplaints } from "../wire/complaints.js";
import type { Connection } from "../wire/connection-file.js";
import { type Draft, decodeFrames, encodeFrames, topicOf } from "../wire/message.js";
import { KernelSockets, type SocketEvents } from "../wire/sockets.js";
import { within } from "../within.js";
import { KernelSession } from "./kernel-session.js";
import type { Outgoing } from "./outgoing.js";

export interface ServeOptions {
  /** The cells' working folder. */
  readonly folder: string;
  /** Called as soon as the sockets are bound. */
  readonly startInterpreter: StartInterpreter;
  /** Takes sentences about what was refused. */
  readonly complain: (sentence: string) => void;
}

export interface ServedKernel {
  /** Ends the cell that runs, keeping all state. */
  interrupt(): void;
  /** Ends the kernel; what its cells do does not hold it up. */
  close(): Promise<void>;
  /** Resolves when a front end has asked it to end; rejects when the interpreter does not start. */
  readonly ended: Promise<void>;
}

/** How long the interpreter may take to close, in milliseconds. */
const patience = 500;

type Route = readonly (string | Uint8Array)[];

/** The way out through sockets. A message that JSON cannot hold is left out; the rest goes on. */
function wayOut({ signer }: Connection, sockets: KernelSockets, complain: (sentence: string) => void) {
  const encode = (route: Route, draft: Draft): ReturnType<typeof encodeFrames> | undefined => {
    try {
      return encodeFrames(draft, route, signer);
    } catch (error) {
      complain(`A message of type ${draft.type} could not be sent: ${(error as Error).message}.`);
      return undefined;
    }
  };
  const publish = (draft: Draft, topic: Route): void => {
    const encoded = encode(topic, draft);
    if (encoded) sockets.publish(encoded.frames);
  };
  const outgoing: Outgoing = {
    send: (channel, identities, draft) => {
      const encoded = encode(identities, draft);
      if (encoded) sockets.send(channel, encoded.frames);
      return encoded?.id ?? "";
    },
    publish: (draft) => publish(draft, [topicOf(draft.type)]),
  };
  /** Whoever subscribes is told that it works. */
  const welcome = (topic: string): void => {
    publish({ type: "iopub_welcome", content: { subscription: topic } }, topic === "" ? [] : [topic]);
  };
  return { outgoing, welcome };
}

function wayIn(
  { signer }: Connection,
  session: KernelSession,
  complain: (sentence: string) => void,
): SocketEvents["received"] {
  return (channel, frames) => {
    const received = decodeFrames(frames, signer);
    if ("message" in received) session.receive(channel, received.message);
    else complain(`A message on ${channel} was refused, since it ${received.problem}.`);
  };
}

async function closeInterpreter(interpreter: Promise<Interpreter>): Promise<void> {
  const closed = interpreter.then((started) => started.close()).catch(() => undefined);
  await within(patience, closed);
}

/**
 * Serves front ends by the sockets of `connection`, from when this resolves.
 *
 * @throws PatchlabError when a socket cannot be bound
 */
export async function serveKernel(connection: Connection, options: ServeOptions): Promise<ServedKernel> {
  const complain = limitedComplaints(options.complain);
  const sockets = await KernelSockets.bind(connection);
  const { outgoing, welcome } = wayOut(connection, sockets, complain);
  const interpreter = Promise.resolve().then(() => {
    const onEvent = (event: CellEvent): void => session.event(event);
    return options.startInterpreter({ folder: options.folder, comms: true, onEvent });
  });
  let end: () => void;
  const ended = new Promise<void>((resolve, reject) => {
    end = resolve;
    interpreter.catch(reject);
  });
  const { ports } = connection;
  const session = new KernelSession({ outgoing, interpreter, ports, complain, onShutdown: () => end() });
  const failed = (problem: string): void => complain(`A message was lost (${problem}).`);
  const subscribed = (topic: string): void => {
    welcome(topic);
    session.subscribed();
  };
  sockets.listen({ received: wayIn(connection, session, complain), subscribed, failed });
  const close = async (): Promise<void> => {
    session.close();
    await closeInterpreter(interpreter);
    sockets.close();
  };
  return { interrupt: () => session.interrupt(), close, ended };
}
