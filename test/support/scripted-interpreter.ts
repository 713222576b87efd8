/** An interpreter whose cells do what a test says: they are known by their source, and run no code. */
import { setImmediate } from "node:timers/promises";
import type { CellEvent, CommEvent } from "#dist/kernel/cells/messages.js";
import type { Completeness, Completion, Inspection } from "#dist/kernel/compiler/compiled-cell.js";
import type { ExecuteOptions, Execution, Interpreter } from "#dist/kernel/interpreter.js";

/** What a scripted cell can do. */
export interface ScriptedRun {
  emit(event: CellEvent): void;
  print(text: string, name?: "stdout" | "stderr"): void;
  readonly options: ExecuteOptions;
  /** Resolves when it is interrupted. */
  readonly interrupted: Promise<void>;
  /** Asks for input and resolves to the answer. */
  ask(prompt: string, password?: boolean): Promise<string>;
}

export type Script = (run: ScriptedRun) => Execution | Promise<Execution>;

export const ok: Execution = { status: "ok" };

export function value(text: string): Execution {
  return { status: "ok", result: { "text/plain": text } };
}

export function thrown(evalue: string, ended = false): Execution {
  return { status: "error", error: { ename: "Error", evalue, traceback: [`Error: ${evalue}`, "at cell"] }, ended };
}

export class ScriptedInterpreter implements Interpreter {
  readonly #scripts: Readonly<Record<string, Script>>;
  /** Sources that were run, in order, with their options. */
  readonly ran: { source: string; options: ExecuteOptions }[] = [];
  readonly comms: CommEvent[] = [];
  readonly open: Map<string, string> = new Map();
  readonly asked: { what: string; source: string; offset: number }[] = [];
  completion: Completion = { matches: [], start: 0, end: 0 };
  inspection: Inspection | undefined;
  completeness: Completeness = { status: "complete" };
  interrupts = 0;
  closed = false;
  /** Where events go; the kernel sets it. */
  emit: (event: CellEvent) => void = () => undefined;
  #interrupt: () => void = () => undefined;
  #answer: (text: string) => void = () => undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(scripts: Readonly<Record<string, Script>> = {}) {
    this.#scripts = scripts;
  }

  execute(source: string, options: ExecuteOptions): Promise<Execution> {
    const run = this.#last.then(() => this.#run(source, options));
    this.#last = run;
    return run;
  }

  async #run(source: string, options: ExecuteOptions): Promise<Execution> {
    this.ran.push({ source, options });
    const interrupted = new Promise<void>((resolve) => {
      this.#interrupt = resolve;
    });
    const emit = (event: CellEvent): void => this.emit(event);
    const ask = (prompt: string, password = false): Promise<string> => {
      emit({ type: "input", prompt, password });
      return new Promise((resolve) => {
        this.#answer = resolve;
      });
    };
    const print = (text: string, name: "stdout" | "stderr" = "stdout"): void => emit({ type: "stream", name, text });
    await setImmediate();
    return (this.#scripts[source] ?? (() => ok))({ emit, print, options, interrupted, ask });
  }

  interrupt(): void {
    this.interrupts++;
    this.#interrupt();
  }

  answer(text: string): void {
    this.#answer(text);
  }

  comm(event: CommEvent): void {
    this.comms.push(event);
  }

  openComms(): ReadonlyMap<string, string> {
    return this.open;
  }

  async complete(source: string, offset: number): Promise<Completion> {
    this.asked.push({ what: "complete", source, offset });
    return this.completion;
  }

  async inspect(source: string, offset: number): Promise<Inspection | undefined> {
    this.asked.push({ what: "inspect", source, offset });
    return this.inspection;
  }

  async isComplete(source: string): Promise<Completeness> {
    this.asked.push({ what: "isComplete", source, offset: 0 });
    return this.completeness;
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}
