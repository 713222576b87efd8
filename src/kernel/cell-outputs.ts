/** Collects what cells print and show, in the form that notebooks keep. */
import type { CellOutput } from "./nbformat.js";
import type { FromCells } from "./notebook-messages.js";

type Shown = Extract<CellOutput, { output_type: "display_data" }>;

/** The outputs of one run. Displays that have an id can be changed by later cells. */
export interface OutputCollector {
  /** Takes one message into `outputs`, those of the cell that is running. */
  add(outputs: CellOutput[], message: FromCells, executionCount: number): void;
}

function addStream(outputs: CellOutput[], name: "stdout" | "stderr", text: string): void {
  const last = outputs.at(-1);
  if (last?.output_type === "stream" && last.name === name) last.text += text;
  else if (text !== "") outputs.push({ output_type: "stream", name, text });
}

export function collectOutputs(): OutputCollector {
  const byId = new Map<string, Shown[]>();

  function addDisplay(outputs: CellOutput[], message: Extract<FromCells, { type: "display" }>): void {
    const { data, metadata, displayId, update } = message;
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
    add(outputs, message, executionCount) {
      if (message.type === "stream") addStream(outputs, message.name, message.text);
      else if (message.type === "display") addDisplay(outputs, message);
      else if (message.type === "result") {
        const data = { "text/plain": message.text };
        outputs.push({ output_type: "execute_result", data, metadata: {}, execution_count: executionCount });
      } else if (message.type === "error") {
        const { ename, evalue, traceback } = message;
        outputs.push({ output_type: "error", ename, evalue, traceback });
      }
    },
  };
}
