/** A kernel's session without sockets: what it sends is written down, and its cells follow a script. */
import type { CellEvent } from "#dist/kernel/cells/messages.js";
import type { Interpreter } from "#dist/kernel/interpreter.js";
import { KernelSession } from "#dist/kernel/session/kernel-session.js";
import type { Draft, Message } from "#dist/kernel/wire/message.js";
import type { Channel } from "#dist/kernel/wire/sockets.js";
import { type Script, ScriptedInterpreter } from "./scripted-interpreter.js";

export interface Sent extends Draft {
  readonly channel: Channel | "iopub";
  readonly id: string;
  /** Whom it goes to, where it does not go to all. */
  readonly to: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the kernel sends
  readonly content: any;
}

export class RecordedSession {
  readonly interpreter: ScriptedInterpreter;
  readonly session: KernelSession;
  readonly sent: Sent[] = [];
  readonly complaints: string[] = [];
  shutDown = false;
  #wake: (() => void)[] = [];

  /** @param starting what the session waits for instead of a ready interpreter */
  constructor(scripts: Readonly<Record<string, Script>> = {}, starting?: Promise<unknown>) {
    this.interpreter = new ScriptedInterpreter(scripts);
    const interpreter: Promise<Interpreter> = Promise.resolve(starting).then(() => this.interpreter);
    this.session = new KernelSession({
      outgoing: {
        send: (channel, identities, draft) => this.#record(channel, draft, String(identities[0])),
        publish: (draft) => void this.#record("iopub", draft, ""),
      },
      interpreter,
      ports: { shell_port: 1, control_port: 2, stdin_port: 3, iopub_port: 4, hb_port: 5 },
      complain: (sentence) => this.complaints.push(sentence),
      onShutdown: () => {
        this.shutDown = true;
      },
    });
    this.interpreter.emit = (event: CellEvent) => this.session.event(event);
  }

  #record(channel: Sent["channel"], draft: Draft, to: string): string {
    const id = `sent ${this.sent.length}`;
    this.sent.push({ ...draft, channel, id, to });
    for (const wake of this.#wake.splice(0)) wake();
    return id;
  }

  /** Brings a message with the msg_id `id` to the session. */
  bring(id: string, type: string, content: object, more: Partial<Message> & { channel?: Channel } = {}): void {
    const { channel = "shell", ...parts } = more;
    const identities = [Buffer.from("front end")];
    const header = { msg_id: id, msg_type: type };
    const message = { identities, header, parent: {}, metadata: {}, buffers: [], ...parts };
    this.session.receive(channel, { ...message, content: content as Record<string, unknown> });
  }

  execute(id: string, code: string, content: object = {}, more: Partial<Message> = {}): void {
    this.bring(id, "execute_request", { code, ...content }, more);
  }

  /** Resolves when so many messages like that were sent. */
  async until(wanted: (sent: Sent) => boolean, count = 1): Promise<Sent> {
    for (;;) {
      const found = this.sent.filter(wanted)[count - 1];
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve);
      });
    }
  }

  /** Resolves when the work for the message `id` is done. */
  idle(id: string): Promise<Sent> {
    return this.until(({ type, parent, content }) => {
      return type === "status" && parent?.msg_id === id && content.execution_state === "idle";
    });
  }

  /** The content of the reply to `id`, once the work for it is done. */
  async replyTo(id: string): Promise<Sent["content"]> {
    await this.idle(id);
    return this.sent.find(({ channel, parent }) => channel !== "iopub" && parent?.msg_id === id)?.content;
  }

  /** What was sent, each as `channel type of id`; states and texts stand for their messages. */
  lines(): string[] {
    return this.sent.map(({ channel, type, parent, content }) => {
      const what = type === "status" ? content.execution_state : type === "stream" ? `"${content.text}"` : type;
      return `${channel} ${what}${parent === undefined ? "" : ` of ${parent.msg_id}`}`;
    });
  }

  /** The messages of a type that belong to `id`. */
  of(id: string, type: string): Sent[] {
    return this.sent.filter((sent) => sent.type === type && sent.parent?.msg_id === id);
  }
}
