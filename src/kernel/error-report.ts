/** Errors of cells in Jupyter's form: thrown values, and what the compiler found. */
import { inspect } from "node:util";
import type { ErrorReport } from "./notebook-messages.js";

/** Frames below the cell's own: the executor's, Node's and ours. They only hide where the cell went wrong. */
const foreignFrame =
  /^\s+at .*(?:\(|\s|file:\/\/)(?:node:|.*[\\/]tslab[\\/]dist[\\/]|.*[\\/]kernel[\\/]notebook-child\.)/;

/** Compiled code has other lines than the cell, and no map back: a place without a number beats a wrong one. */
const compiledPlace = /evalmachine\.<anonymous>(?::\d+)*/g;

/** Reports a value that a cell threw. */
export function reportThrown(thrown: unknown): ErrorReport {
  const text = thrown instanceof Error ? inspect(thrown) : `Uncaught ${inspect(thrown)}`;
  const traceback = text
    .replaceAll(compiledPlace, "cell")
    .split("\n")
    .filter((line) => !foreignFrame.test(line));
  if (!(thrown instanceof Error)) return { ename: "Uncaught", evalue: inspect(thrown), traceback };
  return { ename: thrown.name, evalue: thrown.message, traceback };
}

/** Reports the compiler's messages, each as `line:column - text`. */
export function reportDiagnostics(messages: readonly string[]): ErrorReport {
  return { ename: "CompileError", evalue: messages[0] ?? "the cell does not compile", traceback: [...messages] };
}

/** Reports what ended a cell from outside: a time limit, or the end of its process. */
export function reportEnd(ename: string, evalue: string): ErrorReport {
  return { ename, evalue, traceback: [`${ename}: ${evalue}`] };
}
