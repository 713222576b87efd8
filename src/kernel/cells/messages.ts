/** What the process that runs cells and the one that started it say to each other. */
import type { CompiledCell } from "../compiler/compiled-cell.js";
import type { Header } from "../wire/message.js";

/** Data of a Jupyter message by MIME type: text, base64 or JSON. */
export type DisplayData = Record<string, unknown>;

/** An error as Jupyter shows it. */
export interface ErrorReport {
  readonly ename: string;
  readonly evalue: string;
  /** Lines, the first of which names the error; colours as ANSI sequences. */
  readonly traceback: string[];
}

/** A Jupyter comm message, in either direction. */
export interface CommEvent {
  readonly type: "comm";
  readonly event: "open" | "message" | "close";
  readonly id: string;
  /** Only with `open`. */
  readonly target?: string;
  readonly data: Record<string, unknown>;
  readonly metadata: Record<string, unknown>;
  readonly buffers: Uint8Array[];
  /** Header of the page's own message or, from the cells, of the one that this answers at once. */
  readonly request?: Header;
}

/** Something that cells did, in order. */
export type CellEvent =
  | { readonly type: "stream"; readonly name: "stdout" | "stderr"; readonly text: string }
  | {
      readonly type: "display";
      readonly data: DisplayData;
      readonly metadata: Record<string, unknown>;
      readonly displayId?: string;
      readonly update: boolean;
    }
  | { readonly type: "clear"; readonly wait: boolean }
  /** Something to read aside, in the front end's pager where it has one. */
  | { readonly type: "page"; readonly data: DisplayData }
  /** What went wrong outside any cell's run, such as in a timer after it. */
  | ({ readonly type: "error" } & ErrorReport)
  /** A cell waits for a line of text: `answer` of the process gives it. */
  | { readonly type: "input"; readonly prompt: string; readonly password: boolean }
  | CommEvent;

/** How a cell went. */
export type CellOutcome =
  | {
      readonly status: "ok";
      /** Names that it has initialised. */
      readonly defined: readonly string[];
      /** The value of its last expression, unless that is undefined. */
      readonly result?: DisplayData;
    }
  /** It threw, or was interrupted: the names from before and those of `defined` are there. */
  | { readonly status: "error"; readonly defined: readonly string[]; readonly error: ErrorReport }
  /** Its process is gone, and every name with it. */
  | { readonly status: "ended"; readonly error: ErrorReport };

export interface RunOptions {
  /** The cell's own id or, without one, its code: a run with the same one replaces the output of the last. */
  readonly cell: string;
  /** Whether somebody can answer `prompt()`. */
  readonly allowInput: boolean;
}

export type ToCells =
  | { readonly type: "run"; readonly compiled: CompiledCell; readonly options: RunOptions }
  /** What the cell was computing has been cut off already, or the cell is to end whatever it does. */
  | { readonly type: "interrupt"; readonly how?: "cut" | "end" }
  | { readonly type: "answer"; readonly text: string }
  | CommEvent
  | { readonly type: "end" };

export type FromCells =
  | { readonly type: "ready" }
  | CellEvent
  | { readonly type: "done"; readonly outcome: CellOutcome };
