/** The cells' side of Jupyter's comms: lines to what the page shows. */
import { randomUUID } from "node:crypto";
import type { Comm, CommMessage, Comms } from "../../core/display-hook.js";
import type { CommEvent } from "./messages.js";

export interface CellComms extends Comms {
  /** Takes what the page sent. */
  receive(event: CommEvent): void;
}

interface OpenLine {
  onMessage: (message: CommMessage) => void;
  onClose: (message: CommMessage) => void;
}

type Target = (comm: Comm, message: CommMessage) => void;

const nothing = (): void => undefined;

function toEvent(id: string, event: CommEvent["event"], message: CommMessage, target?: string): CommEvent {
  const { data, metadata = {}, buffers = [] } = message;
  return {
    type: "comm",
    event,
    id,
    ...(target === undefined ? {} : { target }),
    data,
    metadata,
    buffers: [...buffers],
  };
}

/** Lines whose messages go out through `send`. */
export function createComms(emit: (event: CommEvent) => void): CellComms {
  const lines = new Map<string, OpenLine>();
  /** The page's message that is being heard. */
  let request: CommEvent["request"];
  const targets = new Map<string, Target>();
  const send = (event: CommEvent): void => emit(request === undefined ? event : { ...event, request });

  function hold(id: string): Comm {
    const line: OpenLine = { onMessage: nothing, onClose: nothing };
    lines.set(id, line);
    return {
      id,
      send: (message) => {
        if (lines.get(id) === line) send(toEvent(id, "message", message));
      },
      onMessage: (listener) => {
        line.onMessage = listener;
      },
      onClose: (listener) => {
        line.onClose = listener;
      },
      close: (message = { data: {} }) => {
        if (lines.get(id) !== line) return;
        lines.delete(id);
        send(toEvent(id, "close", message));
      },
    };
  }

  function openedByPage(event: CommEvent): void {
    if (lines.has(event.id)) return;
    const target = targets.get(event.target ?? "");
    if (target) target(hold(event.id), event);
    // The page has opened its end already: an answer in the protocol's terms that nobody is here.
    else send(toEvent(event.id, "close", { data: {} }));
  }

  function hear(event: CommEvent): void {
    if (event.event === "open") openedByPage(event);
    const line = event.event === "open" ? undefined : lines.get(event.id);
    if (event.event === "close") lines.delete(event.id);
    (event.event === "close" ? line?.onClose : line?.onMessage)?.(event);
  }

  return {
    open(target, message) {
      const id = randomUUID().replaceAll("-", "");
      const comm = hold(id);
      send(toEvent(id, "open", message, target));
      return comm;
    },
    register(target, listener) {
      targets.set(target, listener);
      return () => {
        if (targets.get(target) === listener) targets.delete(target);
      };
    },
    receive(event) {
      request = event.request;
      try {
        hear(event);
      } finally {
        request = undefined;
      }
    },
  };
}
