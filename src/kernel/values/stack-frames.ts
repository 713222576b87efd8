/** V8's stack traces, read from their text: who called, and where. */

export interface StackFrame {
  /** empty at the top level of a file */
  readonly name: string;
  /** name of the script, or what V8 says instead, such as `<anonymous>` */
  readonly script: string;
  /** from 1; absent where V8 knows none */
  readonly line?: number;
  readonly column?: number;
}

export interface Stack {
  /** what stands above the error's own line: the place of a syntax error in another file */
  readonly before: string[];
  readonly frames: StackFrame[];
}

const frameLine = /^\s*at (?:async )?(.+)$/;
const position = /^([\s\S]*):(\d+):(\d+)$/;

/** How a script's name begins, where it is not one of a cell. */
const scriptStart = /^(?:[/\\]|[A-Za-z]:[\\/]|[a-z][a-z0-9+.-]*:|eval at |<anonymous>|native\b|index \d)/;

/**
 * Reads the text of a stack.
 *
 * @param message the error's, which stands above the frames and may look like one
 * @param known whether a script is one of the cells, whose names no pattern tells
 */
export function readStack(stack: string, message: string, known: (script: string) => boolean): Stack {
  const { before, below } = parts(stack, message);
  const frames = below.flatMap((line) => {
    const text = frameLine.exec(line)?.[1];
    return text === undefined ? [] : [readFrame(text, known)];
  });
  return { before, frames };
}

function parts(stack: string, message: string): { before: string[]; below: string[] } {
  const start = message === "" ? -1 : Math.max(stack.indexOf(`: ${message}`), stack.indexOf(message));
  const above = start < 0 ? [] : stack.slice(0, start).split("\n").slice(0, -1);
  const below = (start < 0 ? stack : stack.slice(start + message.length)).split("\n");
  return { before: above.filter((line) => line.trim() !== ""), below };
}

function readFrame(text: string, known: (script: string) => boolean): StackFrame {
  if (!text.endsWith(")")) return { name: "", ...place(text) };
  const inner = text.slice(0, -1);
  const starts = [...inner.matchAll(/ \(/g)].map(({ index }) => index);
  // a name and a path can hold brackets too
  const start =
    starts.find((at) => {
      const rest = inner.slice(at + 2);
      return scriptStart.test(rest) || known(place(rest).script);
    }) ?? starts.at(-1);
  if (start === undefined) return { name: "", ...place(text) };
  return { name: readableName(inner.slice(0, start)), ...place(inner.slice(start + 2)) };
}

/** V8's names for code that has none say nothing. */
function readableName(name: string): string {
  return /^(?:Object\.)?(?:<anonymous>|eval)$/.test(name) ? "" : name.replace(/^Object\./, "");
}

function place(text: string): Omit<StackFrame, "name"> {
  const found = position.exec(text);
  if (!found) return { script: text };
  return { script: found[1]!, line: Number(found[2]), column: Number(found[3]) };
}
