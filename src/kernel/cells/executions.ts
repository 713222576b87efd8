/** Follows which cell runs, so that what lies in a cell's output is known to be gone once the cell runs again. */
import type { CellExecution } from "../../core/display-hook.js";

export interface Executions {
  /** A run begins of the cell that is known by `cell`: its id or, without one, its code. */
  begin(cell: string, execution: CellExecution): void;
  /** The run that began last. */
  current(): CellExecution | undefined;
}

export function createExecutions(): Executions {
  const latest = new Map<string, CellExecution>();
  let running: CellExecution | undefined;
  return {
    begin(cell, execution) {
      const earlier = latest.get(cell);
      if (earlier) earlier.replaced = true;
      running = execution;
      latest.set(cell, running);
    },
    current: () => running,
  };
}
