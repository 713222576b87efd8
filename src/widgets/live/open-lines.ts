/** Lines to figures: each ends when the cell that showed its figure runs again, which takes the figure away. */
import type { CellExecution, Comms, DisplayHook } from "../../core/display-hook.js";
import type { LiveModel } from "./model.js";

interface OpenLine {
  readonly execution: CellExecution | undefined;
  readonly model: LiveModel;
}

const openLines = new Set<OpenLine>();

/** The pages that may answer; undefined where there are none, or nobody is there to move anything. */
export function answeringPages(display: DisplayHook): Comms | undefined {
  return display.execution?.()?.attended === false ? undefined : display.comms;
}

/** Opens a figure's line, and ends those whose figures are gone. */
export function openLine(display: DisplayHook, comms: Comms, model: LiveModel): void {
  for (const line of openLines) {
    if (line.execution?.replaced) line.model.close();
    if (line.model.id === undefined) openLines.delete(line);
  }
  model.open(comms);
  openLines.add({ execution: display.execution?.(), model });
}
