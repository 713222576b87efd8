/** As much of a Jupyter front end as a stopwatch needs: starts a kernel, asks it, knows when an answer is complete. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Dealer, Subscriber } from "zeromq";
import { PatchlabError } from "#dist/core/errors.js";
import { freePorts } from "./free-ports.js";

/** A program and its arguments; `{connection_file}` stands for the file that says where to listen. */
export type KernelCommand = readonly [string, ...string[]];

type Content = Record<string, unknown>;

/** A request on its way: what has come for it, and what is waited for. */
interface Asked {
  reply?: Content;
  idle: boolean;
  readonly untilIdle: boolean;
  readonly resolve: (reply: Content) => void;
}

interface Connection {
  readonly folder: string;
  readonly file: string;
  readonly key: string;
  readonly shell: number;
  readonly iopub: number;
}

const delimiter = "<IDS|MSG>";
/** seconds after which a kernel that does not answer is given up */
const patience = 60;
// a kernel that does not listen yet is tried again after 2 ms, so that its start is measured as finely
const socketOptions = { reconnectInterval: 2, linger: 0 };

export class KernelClient {
  /** of `performance.now()`, right before the kernel's process was started */
  readonly started: number;
  readonly #connection: Connection;
  readonly #kernel: ChildProcess;
  readonly #shell = new Dealer(socketOptions);
  readonly #iopub = new Subscriber(socketOptions);
  readonly #asked = new Map<string, Asked>();
  readonly #session = randomUUID();
  #hasPublished = false;

  private constructor(connection: Connection, command: KernelCommand) {
    this.#connection = connection;
    const [program, ...args] = command.map((part) => part.replace("{connection_file}", connection.file));
    this.started = performance.now();
    this.#kernel = spawn(program, args, { cwd: connection.folder, stdio: "ignore" });
    // told as no answer; without a listener it would end the benchmark
    this.#kernel.on("error", () => undefined);
    this.#shell.connect(`tcp://127.0.0.1:${connection.shell}`);
    this.#iopub.connect(`tcp://127.0.0.1:${connection.iopub}`);
    this.#iopub.subscribe();
    void this.#readReplies();
    void this.#readPublished();
  }

  /** Starts a kernel in an empty folder of its own, without waiting for it. */
  static async start(command: KernelCommand): Promise<KernelClient> {
    const folder = await mkdtemp(join(tmpdir(), "patchlab-bench-"));
    const [shell, iopub, stdin, control, heartbeat] = await freePorts(5);
    const file = join(folder, "connection.json");
    const key = randomUUID();
    const ports = { shell_port: shell, iopub_port: iopub, stdin_port: stdin, control_port: control };
    const scheme = { transport: "tcp", ip: "127.0.0.1", signature_scheme: "hmac-sha256", key };
    await writeFile(file, JSON.stringify({ ...ports, hb_port: heartbeat, ...scheme }));
    return new KernelClient({ folder, file, key, shell, iopub }, command);
  }

  /**
   * Starts a kernel and waits for its first answer. One that was asked too early may never give one, as tslab in one
   * start of fifty: it is started again.
   */
  static async startAnswering(command: KernelCommand, tries = 3): Promise<KernelClient> {
    const client = await KernelClient.start(command);
    try {
      await client.ask("kernel_info_request", {}, false, 10);
      return client;
    } catch (error) {
      await client.close();
      if (tries <= 1) throw error;
      return KernelClient.startAnswering(command, tries - 1);
    }
  }

  /** Waits until the kernel answers and what it publishes arrives. */
  async ready(): Promise<void> {
    // a subscription takes effect some time after connecting
    do {
      await this.ask("kernel_info_request", {});
      await setTimeout(this.#hasPublished ? 0 : 5);
    } while (!this.#hasPublished);
  }

  /**
   * Sends a request and waits for its reply and, if asked, for the kernel to be idle again.
   *
   * @throws PatchlabError when the kernel ends or no answer comes in time, or the reply tells of an error
   */
  async ask(type: string, content: Content, untilIdle = false, seconds: number = patience): Promise<Content> {
    const id = randomUUID();
    const silence = new AbortController();
    const answer = new Promise<Content>((resolve) => {
      this.#asked.set(id, { idle: false, untilIdle, resolve });
    });
    await this.#shell.send(this.#frames(id, type, content));
    const { signal } = silence;
    const late = setTimeout(1000 * seconds, `did not answer within ${seconds} s`, { signal }).catch(() => "");
    const ended = once(this.#kernel, "exit", { signal })
      .then(() => "ended without an answer")
      .catch(() => "");
    const reply = await Promise.race([answer, late, ended]);
    silence.abort();
    this.#asked.delete(id);
    if (typeof reply === "string") throw new PatchlabError(`The kernel was sent a ${type} and ${reply}.`);
    if (reply.status === "error" || reply.status === "abort")
      throw new PatchlabError(`The kernel answered a ${type} with ${reply.status}: ${reply.evalue ?? "no reason"}`);
    return reply;
  }

  /** Runs a cell and waits for its reply and for all that it published. */
  async execute(code: string): Promise<void> {
    await this.ask("execute_request", { code, silent: false, store_history: true, allow_stdin: false }, true);
  }

  async close(): Promise<void> {
    const exited = once(this.#kernel, "exit");
    if (this.#kernel.exitCode === null && this.#kernel.signalCode === null) {
      this.#kernel.kill("SIGKILL");
      await exited;
    }
    this.#shell.close();
    this.#iopub.close();
    await rm(this.#connection.folder, { recursive: true, force: true });
  }

  #frames(id: string, type: string, content: Content): string[] {
    const date = new Date().toISOString();
    const header = { msg_id: id, msg_type: type, session: this.#session, username: "bench", version: "5.3", date };
    const parts = [header, {}, {}, content].map((part) => JSON.stringify(part));
    const signature = createHmac("sha256", this.#connection.key).update(parts.join("")).digest("hex");
    return [delimiter, signature, ...parts];
  }

  async #readReplies(): Promise<void> {
    for await (const frames of this.#shell) {
      const { parent, content } = decode(frames);
      this.#note(parent, (asked) => {
        asked.reply = content;
      });
    }
  }

  async #readPublished(): Promise<void> {
    for await (const frames of this.#iopub) {
      const { type, parent, content } = decode(frames);
      this.#hasPublished = true;
      if (type !== "status" || content.execution_state !== "idle") continue;
      this.#note(parent, (asked) => {
        asked.idle = true;
      });
    }
  }

  #note(id: string | undefined, change: (asked: Asked) => void): void {
    const asked = id === undefined ? undefined : this.#asked.get(id);
    if (asked === undefined) return;
    change(asked);
    if (asked.reply !== undefined && (asked.idle || !asked.untilIdle)) asked.resolve(asked.reply);
  }
}

function decode(frames: Buffer[]): { type: string; parent: string | undefined; content: Content } {
  const start = frames.findIndex((frame) => frame.toString() === delimiter);
  const [header, parent, , content] = frames.slice(start + 2).map((frame) => JSON.parse(frame.toString()));
  return { type: header.msg_type, parent: parent.msg_id, content };
}
