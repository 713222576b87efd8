/** Collects what cells print and show, in the form that notebooks keep. */
import type { CellEvent, DisplayData, ErrorReport } from "../cells/messages.js";
import type { CellOutput } from "./nbformat.js";

type Shown = Extract<CellOutput, { output_type: "display_data" }>;

/** The outputs of one run. Displays that have an id can be changed by later cells. */
export interface OutputCollector {
  /** Takes one event into `outputs`, those of the cell that is running. */
  add(outputs: CellOutput[], event: CellEvent): void;
}

function addStream(outputs: CellOutput[], name: "stdout" | "stderr", text: string): void {
  const last = outputs.at(-1);
  if (last?.output_type === "stream" && last.name === name) last.text += text;
  else if (text !== "") outputs.push({ output_type: "stream", name, text });
}

/** The value of a cell's last expression as an output. */
export function resultOutput(data: DisplayData, executionCount: number): CellOutput {
  return { output_type: "execute_result", data, metadata: {}, execution_count: executionCount };
}

export function errorOutput({ ename, evalue, traceback }: ErrorReport): CellOutput {
  return { output_type: "error", ename, evalue, traceback };
}

export function collectOutputs(): OutputCollector {
  const byId = new Map<string, Shown[]>();
  /** Outputs that go as soon as the next one comes. */
  const toClear = new WeakSet<CellOutput[]>();

  function addDisplay(outputs: CellOutput[], event: Extract<CellEvent, { type: "display" }>): void {
    const { data, metadata, displayId, update } = event;
    const earlier = displayId === undefined ? [] : (byId.get(displayId) ?? []);
    if (update) {
      for (const shown of earlier) Object.assign(shown, { data, metadata });
      return;
    }
    const shown: Shown = { output_type: "display_data", data, metadata };
    outputs.push(shown);
    if (displayId !== undefined) byId.set(displayId, [...earlier, shown]);
  }

  return {
    add(outputs, event) {
      if (event.type === "clear") {
        if (event.wait) toClear.add(outputs);
        else outputs.length = 0;
        return;
      }
      if (event.type === "comm" || event.type === "input") return;
      if (toClear.delete(outputs)) outputs.length = 0;
      if (event.type === "page") outputs.push({ output_type: "display_data", data: event.data, metadata: {} });
      else if (event.type === "stream") addStream(outputs, event.name, event.text);
      else if (event.type === "display") addDisplay(outputs, event);
      else outputs.push(errorOutput(event));
    },
  };
}
