/** A small Jupyter front end: starts a kernel by its kernelspec's argv and speaks the wire protocol 5.3 with it. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Dealer, Subscriber } from "zeromq";

export interface Message {
  type: string;
  /** msg_id of the request that it belongs to. */
  parent: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the kernel sends
  content: any;
}

const delimiter = "<IDS|MSG>";
const session = randomUUID();

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

export class JupyterClient {
  readonly kernel: ChildProcess;
  readonly #key: string;
  readonly #shell = new Dealer();
  readonly #iopub = new Subscriber();
  readonly #published: Message[] = [];
  #wake: () => void = () => undefined;

  private constructor(kernel: ChildProcess, key: string, shellPort: number, iopubPort: number) {
    this.kernel = kernel;
    this.#key = key;
    this.#iopub.connect(`tcp://127.0.0.1:${iopubPort}`);
    this.#iopub.subscribe();
    this.#shell.connect(`tcp://127.0.0.1:${shellPort}`);
    void this.#listen();
  }

  /** Starts a kernel in `folder`, which also takes the connection file. */
  static async start(argv: readonly string[], folder: string): Promise<JupyterClient> {
    const [shell_port, iopub_port, stdin_port, control_port, hb_port] = await freePorts(5);
    const key = randomUUID();
    const file = join(folder, "connection.json");
    const sockets = { shell_port, iopub_port, stdin_port, control_port, hb_port };
    const scheme = { transport: "tcp", ip: "127.0.0.1", signature_scheme: "hmac-sha256", key };
    writeFileSync(file, JSON.stringify({ ...sockets, ...scheme }));
    const [command, ...rest] = argv.map((part) => (part === "{connection_file}" ? file : part));
    const kernel = spawn(command!, rest, { cwd: folder, stdio: ["ignore", "inherit", "inherit"] });
    const client = new JupyterClient(kernel, key, shell_port!, iopub_port!);
    await client.#subscribed();
    return client;
  }

  #encode(type: string, content: object, metadata: object): { id: string; frames: string[] } {
    const header = {
      msg_id: randomUUID(),
      msg_type: type,
      session,
      username: "test",
      version: "5.3",
      date: new Date(),
    };
    const parts = [header, {}, metadata, content].map((part) => JSON.stringify(part));
    const signature = createHmac("sha256", this.#key).update(parts.join("")).digest("hex");
    return { id: header.msg_id, frames: [delimiter, signature, ...parts] };
  }

  #decode(frames: Buffer[]): Message {
    const start = frames.findIndex((frame) => frame.toString() === delimiter);
    const [signature, ...parts] = frames.slice(start + 1).map((frame) => frame.toString());
    const wanted = createHmac("sha256", this.#key).update(parts.join("")).digest("hex");
    if (signature !== wanted) throw new Error("a message has a wrong signature");
    const [header, parent, , content] = parts.map((part) => JSON.parse(part));
    return { type: header.msg_type, parent: parent.msg_id, content };
  }

  async #listen(): Promise<void> {
    for await (const frames of this.#iopub) {
      this.#published.push(this.#decode(frames));
      this.#wake();
    }
  }

  /** A subscription takes effect some time after connecting, so ask until what the kernel publishes comes through. */
  async #subscribed(): Promise<void> {
    while (this.#published.length === 0) {
      await this.request("kernel_info_request", {});
      await setTimeout(20);
    }
  }

  /** Sends a request and waits for its reply. */
  async request(type: string, content: object, metadata: object = {}): Promise<Message> {
    const { id, frames } = this.#encode(type, content, metadata);
    await this.#shell.send(frames);
    for (;;) {
      const reply = this.#decode(await this.#shell.receive());
      if (reply.parent === id) return reply;
    }
  }

  /** Runs code and returns the reply with everything published for it, up to the kernel being idle again. */
  async execute(code: string, metadata: object = {}): Promise<{ reply: Message; published: Message[] }> {
    const reply = await this.request("execute_request", { code, silent: false, store_history: true }, metadata);
    const ofThis = (): Message[] => this.#published.filter((message) => message.parent === reply.parent);
    const isIdle = ({ type, content }: Message): boolean => type === "status" && content.execution_state === "idle";
    for (;;) {
      const published = ofThis();
      if (published.some(isIdle)) return { reply, published };
      const more = new Promise<"more">((resolve) => {
        this.#wake = () => resolve("more");
      });
      const silence = new AbortController();
      const next = await Promise.race([more, setTimeout(5000, "silence", { signal: silence.signal }).catch(() => "")]);
      silence.abort();
      if (next === "silence") throw new Error(`after ${published.length} messages the kernel fell silent before idle`);
    }
  }

  /** Asks the kernel to end and resolves to its exit code. */
  async shutdown(): Promise<number | null> {
    const exited = once(this.kernel, "exit");
    await this.request("shutdown_request", { restart: false });
    const [code] = await exited;
    this.close();
    return code;
  }

  close(): void {
    this.kernel.kill("SIGKILL");
    this.#shell.close();
    this.#iopub.close();
  }
}
