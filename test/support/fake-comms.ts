/** A notebook's hook with comms whose other end is the test: it records what goes to the page, and answers as one. */
import type {
  CellExecution,
  Comm,
  CommMessage,
  Comms,
  DisplayHook,
  DisplayPlace,
  JupyterBundle,
} from "#dist/core/display-hook.js";

export type Message = Required<CommMessage>;

/** A line as the page sees it. */
export interface FakeLine {
  readonly id: string;
  readonly target: string;
  readonly opened: Message;
  /** what the kernel has sent on it, in order */
  readonly sent: Message[];
  open: boolean;
  /** also takes what the kernel sends, as it comes */
  deliver?: (message: Message) => void;
  /** The page says something. */
  say(data: Record<string, unknown>, buffers?: Uint8Array[]): void;
  /** told when the kernel closes it */
  closed?: () => void;
  /** The page closes it. */
  leave(): void;
}

export interface FakeNotebook {
  readonly shown: JupyterBundle[];
  readonly places: (DisplayPlace | undefined)[];
  readonly lines: FakeLine[];
  /** the run of a cell that is at work */
  execution: CellExecution | undefined;
  /** The page opens a line; undefined where nobody takes it. */
  openFromPage(target: string): FakeLine | undefined;
  remove(): void;
}

const symbol = Symbol.for("patchlab.display");

/** Leaves the hook on globalThis until `remove` is called. */
export function fakeNotebook({ comms: withComms = true } = {}): FakeNotebook {
  const targets = new Map<string, Parameters<Comms["register"]>[1]>();
  const lines: FakeLine[] = [];
  const comms: Comms = {
    open: (target, message) => newLine(target, message, lines).comm,
    register(target, listener) {
      targets.set(target, listener);
      return () => void targets.delete(target);
    },
  };
  const notebook: FakeNotebook = {
    shown: [],
    places: [],
    lines,
    execution: undefined,
    openFromPage(target) {
      const listener = targets.get(target);
      if (!listener) return undefined;
      const { comm, line } = newLine(target, { data: {} }, lines);
      listener(comm, whole({ data: {} }));
      return line;
    },
    remove: () => Reflect.deleteProperty(globalThis, symbol),
  };
  const show = (bundle: JupyterBundle, place?: DisplayPlace): void => {
    notebook.shown.push(bundle);
    notebook.places.push(place);
  };
  const hook: DisplayHook = Object.assign(show, {
    execution: () => notebook.execution,
    ...(withComms ? { comms } : {}),
  });
  Object.defineProperty(globalThis, symbol, { value: hook, configurable: true });
  return notebook;
}

/** As the wire would: JSON and copies of bytes. */
function whole({ data, metadata = {}, buffers = [] }: CommMessage): Message {
  return { ...JSON.parse(JSON.stringify({ data, metadata })), buffers: buffers.map((bytes) => bytes.slice()) };
}

function newLine(target: string, message: CommMessage, lines: FakeLine[]): { comm: Comm; line: FakeLine } {
  let hear: (message: CommMessage) => void = () => {};
  let left: (message: CommMessage) => void = () => {};
  const line: FakeLine = {
    id: `line-${lines.length}`,
    target,
    opened: whole(message),
    sent: [],
    open: true,
    say: (data, buffers = []) => hear(whole({ data, buffers })),
    leave() {
      line.open = false;
      left(whole({ data: {} }));
    },
  };
  lines.push(line);
  const comm: Comm = {
    id: line.id,
    send: (sent) => {
      if (!line.open) return;
      line.sent.push(whole(sent));
      line.deliver?.(whole(sent));
    },
    onMessage: (listener) => {
      hear = listener;
    },
    onClose: (listener) => {
      left = listener;
    },
    close: () => {
      line.open = false;
      line.closed?.();
    },
  };
  return { comm, line };
}

/** What `run` throws outside of its own call, as a listener's error is reported. */
export async function strayErrors(run: () => unknown): Promise<unknown[]> {
  const errors: unknown[] = [];
  const others = process.listeners("uncaughtException");
  const note = (error: unknown): void => void errors.push(error);
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", note);
  try {
    await run();
    await new Promise((done) => setImmediate(done));
  } finally {
    process.off("uncaughtException", note);
    for (const listener of others) process.on("uncaughtException", listener);
  }
  return errors;
}
