/** A peer that runs in a process of its own: it answers each JSON line that it is sent with one. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { PatchlabError } from "#dist/core/errors.js";

/** The peer cannot be used here; the message says what is missing. */
export class PeerAbsent extends Error {
  override name = "PeerAbsent";
}

type Answer = Record<string, unknown> & { error?: string };

export class PeerProcess {
  /** of the peer and what it runs on */
  readonly versions: Readonly<Record<string, string>>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #said: Tail;

  private constructor(
    child: ChildProcessWithoutNullStreams,
    lines: AsyncIterator<string>,
    said: Tail,
    versions: Record<string, string>,
  ) {
    this.#child = child;
    this.#lines = lines;
    this.#said = said;
    this.versions = versions;
  }

  /**
   * Starts the process and waits for its first line, `{"versions": …}`.
   *
   * @throws PeerAbsent when there is no such program or it lacks something
   */
  static async start(command: string, args: readonly string[]): Promise<PeerProcess> {
    const child = spawn(command, args, {
      env: { ...process.env, ORT_DISABLE_TELEMETRY: "1", PYTHONDONTWRITEBYTECODE: "1" },
    });
    // a write to a process that has ended: reading its answer tells more
    child.stdin.on("error", () => {});
    const said = new Tail(child.stderr.setEncoding("utf8"));
    await once(child, "spawn").catch((cause) => {
      throw new PeerAbsent(`${command} cannot be started`, { cause });
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = await answer(lines, said);
    if (first.error === undefined) return new PeerProcess(child, lines, said, first.versions as Record<string, string>);
    child.kill();
    throw new PeerAbsent(first.error);
  }

  /** `start`, then a first request. @throws PeerAbsent as `start`; PatchlabError as `ask` */
  static async open(command: string, args: readonly string[], request: object): Promise<PeerProcess> {
    const peer = await PeerProcess.start(command, args);
    await peer.ask(request).catch(async (error) => {
      await peer.close();
      throw error;
    });
    return peer;
  }

  /** Sends a request and waits for its answer. @throws PatchlabError with what the peer says went wrong */
  async ask<T>(request: object): Promise<T> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const result = await answer(this.#lines, this.#said);
    if (result.error !== undefined) throw new PatchlabError(result.error);
    return result as T;
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.stdin.end();
    await exited;
  }
}

async function answer(lines: AsyncIterator<string>, said: Tail): Promise<Answer> {
  const { value, done } = await lines.next();
  if (done) return { error: `the process ended: ${(await said.whole()).trim() || "it said nothing"}` };
  try {
    return JSON.parse(value) as Answer;
  } catch {
    return { error: `the process said "${value}", which is no JSON` };
  }
}

/** The end of what a process said, which has the reason when it fails. */
class Tail {
  #text = "";
  readonly #ended: Promise<unknown>;

  constructor(stream: NodeJS.ReadableStream) {
    stream.on("data", (text: string) => {
      this.#text = (this.#text + text).slice(-500);
    });
    this.#ended = once(stream, "end");
  }

  /** The last words of a process that has closed its answers; it may live on and say more. */
  async whole(): Promise<string> {
    await Promise.race([this.#ended, setTimeout(1000, undefined, { ref: false })]);
    return this.#text;
  }
}
