/** What a notebook run and the process that runs its cells say to each other. */

export type ToCells = { type: "run"; code: string } | { type: "end" };

export type FromCells =
  | { type: "ready" }
  | { type: "stream"; name: "stdout" | "stderr"; text: string }
  | {
      type: "display";
      data: Record<string, unknown>;
      metadata: Record<string, unknown>;
      displayId?: string;
      update: boolean;
    }
  | { type: "result"; text: string }
  | ({ type: "error" } & ErrorReport)
  | { type: "done"; ok: boolean }
  /** the last one */
  | { type: "ended" };

/** An error as Jupyter shows it. */
export interface ErrorReport {
  ename: string;
  evalue: string;
  traceback: string[];
}
