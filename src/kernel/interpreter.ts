/** Cells from source to outcome: the compiler in a thread, the cells in a process, and the state that joins them. */
import type { CellEvent, CommEvent, DisplayData, ErrorReport } from "./cells/messages.js";
import type { Completeness, Completion, Inspection } from "./compiler/compiled-cell.js";

export interface ExecuteOptions {
  /** Name of the cell in stack traces, such as `cell [3]`. */
  readonly label: string;
  /** The front end's id of the cell, where it has told one. */
  readonly cellId?: string;
  /** Whether somebody can answer `prompt()`. @default false */
  readonly allowInput?: boolean;
}

export type Execution =
  | { readonly status: "ok"; readonly result?: DisplayData }
  | {
      readonly status: "error";
      readonly error: ErrorReport;
      /** True when the process of the cells is gone, and all state with it. */
      readonly ended: boolean;
    };

export interface Interpreter {
  /** Runs one cell; calls wait for each other, in order. Never rejects for what the cell did. */
  execute(source: string, options: ExecuteOptions): Promise<Execution>;
  /** Ends the cell that runs, keeping all state. Does nothing when none runs. */
  interrupt(): void;
  /** Answers the cell that waits for input. */
  answer(text: string): void;
  /** Brings a comm message from the page to the cells. */
  comm(event: CommEvent): void;
  /** The lines that are open, with their targets. */
  openComms(): ReadonlyMap<string, string>;
  complete(source: string, offset: number): Promise<Completion>;
  inspect(source: string, offset: number): Promise<Inspection | undefined>;
  isComplete(source: string): Promise<Completeness>;
  /** Ends everything, at once where a cell still runs. */
  close(): Promise<void>;
}

export interface InterpreterOptions {
  /** The cells' working folder, where their imports are looked for. */
  readonly folder: string;
  /** Takes what cells print, show and ask, in order; the outcome of a cell comes after all that it did. */
  readonly onEvent: (event: CellEvent) => void;
  /** Whether pages can open and hold lines to the cells. @default false */
  readonly comms?: boolean;
}

export type StartInterpreter = (options: InterpreterOptions) => Promise<Interpreter>;
