/** A small Jupyter front end: starts a kernel by its kernelspec's argv and speaks the wire protocol 5.4 with it. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Dealer, Request, Subscriber } from "zeromq";
import { freePorts } from "#dist/bench/free-ports.js";

export type ClientChannel = "shell" | "control" | "stdin";

export interface Message {
  channel: ClientChannel | "iopub";
  type: string;
  id: string;
  /** msg_id of the request that it belongs to. */
  parent: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the kernel sends
  header: any;
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the kernel sends
  content: any;
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the kernel sends
  metadata: any;
  buffers: Buffer[];
}

export interface SendOptions {
  channel?: ClientChannel;
  metadata?: object;
  parent?: object;
  buffers?: Uint8Array[];
}

const delimiter = "<IDS|MSG>";

/** How long the kernel may be silent while something is expected of it, in milliseconds. */
const patience = 10_000;

/** Writes a connection file with free ports into `folder`, with `changes` in it, and returns its path. */
export async function writeConnectionFile(folder: string, changes: Record<string, unknown> = {}): Promise<string> {
  const [shell_port, iopub_port, stdin_port, control_port, hb_port] = await freePorts(5);
  const sockets = { shell_port, iopub_port, stdin_port, control_port, hb_port };
  const scheme = { transport: "tcp", ip: "127.0.0.1", signature_scheme: "hmac-sha256", key: randomUUID() };
  const file = join(folder, `connection-${shell_port}.json`);
  writeFileSync(file, JSON.stringify({ ...sockets, ...scheme, ...changes }));
  return file;
}

/** Starts a kernel in `folder`, which also takes the connection file. */
export async function startKernel(
  argv: readonly string[],
  folder: string,
  stderr: "inherit" | "pipe" = "inherit",
): Promise<{ kernel: ChildProcess; connectionFile: string }> {
  const connectionFile = await writeConnectionFile(folder);
  const [command, ...rest] = argv.map((part) => (part === "{connection_file}" ? connectionFile : part));
  // a group of its own, as Jupyter starts kernels
  const kernel = spawn(command!, rest, { cwd: folder, stdio: ["ignore", "inherit", stderr], detached: true });
  return { kernel, connectionFile };
}

interface Waiter {
  wanted(message: Message): boolean;
  found(message: Message): void;
}

export class JupyterClient {
  /** Everything that came, in order of arrival. */
  readonly received: Message[] = [];
  readonly session: string = randomUUID();
  readonly #kernel: ChildProcess | undefined;
  readonly #key: string;
  readonly #sockets: Record<ClientChannel, Dealer>;
  readonly #iopub = new Subscriber({ receiveHighWaterMark: 0 });
  readonly #heartbeat = new Request();
  #waiters: Waiter[] = [];

  private constructor(connectionFile: string, kernel: ChildProcess | undefined) {
    this.#kernel = kernel;
    const connection = JSON.parse(readFileSync(connectionFile, "utf8"));
    const { key, transport, ip } = connection;
    const address = (port: number): string => (transport === "ipc" ? `ipc://${ip}-${port}` : `tcp://${ip}:${port}`);
    this.#key = key;
    this.#iopub.connect(address(connection.iopub_port));
    this.#iopub.subscribe();
    this.#heartbeat.connect(address(connection.hb_port));
    const routingId = randomUUID();
    const dealer = (port: number): Dealer => {
      const socket = new Dealer({ routingId, linger: 0, sendTimeout: 0, sendHighWaterMark: 0 });
      socket.connect(address(port));
      return socket;
    };
    this.#sockets = {
      shell: dealer(connection.shell_port),
      control: dealer(connection.control_port),
      stdin: dealer(connection.stdin_port),
    };
    for (const channel of ["shell", "control", "stdin"] as const) void this.#listen(channel, this.#sockets[channel]);
    void this.#listen("iopub", this.#iopub);
  }

  /** Starts a kernel in `folder`, which also takes the connection file. */
  static async start(argv: readonly string[], folder: string): Promise<JupyterClient> {
    const { kernel, connectionFile } = await startKernel(argv, folder);
    return JupyterClient.connect(connectionFile, kernel);
  }

  /** Joins a kernel that listens already, or will soon. */
  static async connect(connectionFile: string, kernel?: ChildProcess): Promise<JupyterClient> {
    const client = new JupyterClient(connectionFile, kernel);
    await client.#subscribed();
    return client;
  }

  /** The process that `start` has started. */
  get kernel(): ChildProcess {
    if (this.#kernel === undefined) throw new Error("this client has joined a kernel that it did not start");
    return this.#kernel;
  }

  sign(parts: readonly string[]): string {
    return this.#key === "" ? "" : createHmac("sha256", this.#key).update(parts.join("")).digest("hex");
  }

  header(type: string): Record<string, string> {
    const date = new Date().toISOString();
    return { msg_id: randomUUID(), msg_type: type, session: this.session, username: "test", version: "5.4", date };
  }

  #decode(channel: Message["channel"], frames: Buffer[]): Message {
    const start = frames.findIndex((frame) => frame.toString() === delimiter);
    const [signature, ...parts] = frames.slice(start + 1, start + 6).map((frame) => frame.toString());
    if (signature !== this.sign(parts)) throw new Error("a message has a wrong signature");
    const [header, parent, metadata, content] = parts.map((part) => JSON.parse(part));
    const { msg_type: type, msg_id: id } = header;
    return { channel, type, id, parent: parent.msg_id, header, content, metadata, buffers: frames.slice(start + 6) };
  }

  async #listen(channel: Message["channel"], socket: Dealer | Subscriber): Promise<void> {
    for await (const frames of socket) {
      const message = this.#decode(channel, frames);
      this.received.push(message);
      for (const waiter of this.#waiters.filter(({ wanted }) => wanted(message))) waiter.found(message);
    }
  }

  /** A subscription takes effect some time after connecting, so ask until what the kernel publishes comes through. */
  async #subscribed(): Promise<void> {
    while (!this.received.some(({ channel, type }) => channel === "iopub" && type === "status")) {
      await this.request("kernel_info_request", {});
      await setTimeout(20);
    }
  }

  /** The first message like that, which came already or will come. */
  async message(wanted: (message: Message) => boolean, what = "a message"): Promise<Message> {
    const known = this.received.find(wanted);
    if (known !== undefined) return known;
    const { length } = this.received;
    const silence = new AbortController();
    let waiter: Waiter | undefined;
    const found = new Promise<Message>((resolve) => {
      waiter = { wanted, found: resolve };
      this.#waiters.push(waiter);
    });
    const next = await Promise.race([found, this.#silence(silence.signal)]);
    silence.abort();
    this.#waiters = this.#waiters.filter((other) => other !== waiter);
    if (next === undefined) {
      throw new Error(`${this.received.length - length} messages came and then none for ${patience} ms, not ${what}`);
    }
    return next;
  }

  /** Resolves when nothing at all has come for a while. */
  async #silence(signal: AbortSignal): Promise<undefined> {
    for (let length = -1; length !== this.received.length; ) {
      length = this.received.length;
      await setTimeout(patience, undefined, { signal }).catch(() => undefined);
    }
    return undefined;
  }

  /** Sends frames as they are. */
  async sendFrames(channel: ClientChannel, frames: (string | Uint8Array)[]): Promise<void> {
    await this.#sockets[channel].send(frames);
  }

  /** Sends a message and returns its msg_id. */
  async send(type: string, content: object, options: SendOptions = {}): Promise<string> {
    const { channel = "shell", metadata = {}, parent = {}, buffers = [] } = options;
    const header = this.header(type);
    const parts = [header, parent, metadata, content].map((part) => JSON.stringify(part));
    await this.sendFrames(channel, [delimiter, this.sign(parts), ...parts, ...buffers]);
    return header.msg_id!;
  }

  /** The reply to the message with that id. */
  reply(id: string): Promise<Message> {
    return this.message(
      ({ channel, parent }) => channel !== "iopub" && channel !== "stdin" && parent === id,
      "a reply",
    );
  }

  /** Sends a request and waits for its reply. */
  async request(type: string, content: object, options: SendOptions = {}): Promise<Message> {
    return this.reply(await this.send(type, content, options));
  }

  /** What was published for the message with that id, once the kernel is idle again. */
  async published(id: string): Promise<Message[]> {
    const isIdle = ({ type, content, parent }: Message): boolean =>
      type === "status" && content.execution_state === "idle" && parent === id;
    await this.message(isIdle, "the status idle");
    return this.received.filter(({ channel, parent }) => channel === "iopub" && parent === id);
  }

  /** Asks for code to be run and does not wait; returns the msg_id. */
  begin(code: string, content: object = {}, options: SendOptions = {}): Promise<string> {
    return this.send("execute_request", { code, silent: false, store_history: true, ...content }, options);
  }

  /** The reply to an execute request with everything published for it, once the kernel is idle again. */
  async outcome(id: string): Promise<{ reply: Message; published: Message[] }> {
    return { reply: await this.reply(id), published: await this.published(id) };
  }

  /** Runs code and returns the reply with everything published for it, up to the kernel being idle again. */
  async execute(
    code: string,
    content: object = {},
    options: SendOptions = {},
  ): Promise<{ reply: Message; published: Message[] }> {
    return this.outcome(await this.begin(code, content, options));
  }

  /** Sends bytes to the heartbeat and returns what comes back. */
  async beat(bytes: string): Promise<string> {
    await this.#heartbeat.send(bytes);
    return String(await this.#heartbeat.receive());
  }

  /** Asks the kernel to end and resolves to its exit code. */
  async shutdown(restart = false): Promise<number | null> {
    const exited = once(this.kernel, "exit");
    await this.request("shutdown_request", { restart }, { channel: "control" });
    const [code] = await exited;
    this.close();
    return code;
  }

  /** Kills the kernel where this client has started it, and leaves. */
  close(): void {
    this.#kernel?.kill("SIGKILL");
    for (const socket of [...Object.values(this.#sockets), this.#iopub, this.#heartbeat]) socket.close();
  }
}

/** All that these messages print to one stream. */
export function printed(messages: readonly Message[], name: "stdout" | "stderr"): string {
  const streams = messages.filter(({ type, content }) => type === "stream" && content.name === name);
  return streams.map(({ content }) => content.text).join("");
}

/** A message's type and, for a status, the state: `status busy`. */
export function kindOf({ type, content }: Message): string {
  return type === "status" ? `status ${content.execution_state}` : type;
}
