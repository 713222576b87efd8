/** The frames of a stack that say something to the author of the cells, as lines. */
import { isAbsolute, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { dim } from "./ansi.js";
import { counted } from "./limits.js";
import type { StackFrame } from "./stack-frames.js";

/** Where errors are told from. */
export interface ReportContext {
  /** the notebook's folder */
  readonly folder: string;
  /** the source of a cell or of a file that we compiled, by its name in stack traces */
  readonly sourceOf: (script: string) => string | undefined;
}

type Kind = "own" | "foreign" | "hidden";

interface Line {
  readonly kind: Kind;
  readonly text: string;
}

const mostOwn = 12;
const mostForeign = 3;

/** The folder of the kernel, whose frames say nothing of the cell. */
const kernelFolder = fileURLToPath(new URL("..", import.meta.url));

/** The name of the file, where the script is one. */
function fileOf(script: string): string | undefined {
  if (!script.startsWith("file:")) return isAbsolute(script) ? script : undefined;
  try {
    return fileURLToPath(script);
  } catch {
    return undefined;
  }
}

function isIn(folder: string, file: string): boolean {
  const path = relative(folder, file);
  return path !== "" && path !== ".." && !path.startsWith(`..${sep}`) && !isAbsolute(path);
}

/** A script as people call it: a cell by its label, a file from the notebook's folder, a package's file from its name. */
export function scriptName(script: string, folder: string): string {
  const file = fileOf(script);
  if (file === undefined) return script;
  const parts = file.split(/[\\/]node_modules[\\/]/);
  return parts.length > 1 ? parts[parts.length - 1]! : relative(folder, file);
}

function kindOf({ script, line }: StackFrame, { folder, sourceOf }: ReportContext): Kind {
  if (line === undefined || script.startsWith("node:") || script.startsWith("eval at ")) return "hidden";
  if (sourceOf(script) !== undefined) return "own";
  const file = fileOf(script);
  if (file === undefined) return script.startsWith("wasm:") ? "foreign" : "hidden";
  if (isIn(kernelFolder, file)) return "hidden";
  return isIn(folder, file) && !/[\\/]node_modules[\\/]/.test(file) ? "own" : "foreign";
}

function describe(frame: StackFrame, context: ReportContext): Line {
  const place = `${scriptName(frame.script, context.folder)}:${frame.line}:${frame.column}`;
  return { kind: kindOf(frame, context), text: `    at ${frame.name === "" ? place : `${frame.name} (${place})`}` };
}

/** Without those of Node, of V8 and of the kernel; packages' frames are dim, the first few of each run. */
export function frameLines(frames: readonly StackFrame[], context: ReportContext, most: number = mostOwn): string[] {
  const lines: string[] = [];
  let own = 0;
  for (const run of runs(frames.map((frame) => describe(frame, context)))) {
    if (own >= most && run.kind === "own") {
      lines.push("    …");
      break;
    }
    if (run.kind === "own") own++;
    lines.push(...runLines(run));
  }
  return lines;
}

interface Run {
  readonly kind: Kind;
  readonly texts: string[];
}

/** Neighbours that belong together: frames of packages, and a call that repeats itself. */
function runs(lines: readonly Line[]): Run[] {
  const found: Run[] = [];
  for (const { kind, text } of lines) {
    if (kind === "hidden") continue;
    const last = found.at(-1);
    const joins = last?.kind === kind && (kind === "foreign" || last.texts[0] === text);
    if (joins) last.texts.push(text);
    else found.push({ kind, texts: [text] });
  }
  return found;
}

function runLines({ kind, texts }: Run): string[] {
  const shown = texts.slice(0, kind === "own" ? 1 : mostForeign);
  const more = texts.length - shown.length;
  const lines = kind === "own" ? shown : shown.map(dim);
  if (more === 0) return lines;
  return [
    ...lines,
    dim(kind === "own" ? `    … the same ${counted(more, "more time")}` : `    … ${counted(more, "more frame")}`),
  ];
}

/** A place in a source that is known, where the author can look. */
export interface KnownPlace {
  readonly script: string;
  readonly source: string;
  readonly line: number;
  readonly column: number;
}

/** Where it happened and, where that lies in another cell or file, where the running cell led to it. */
export function knownPlaces(frames: readonly StackFrame[], { sourceOf }: ReportContext): KnownPlace[] {
  const places = frames.flatMap(({ script, line, column }): KnownPlace[] => {
    const source = line === undefined || column === undefined ? undefined : sourceOf(script);
    return source === undefined ? [] : [{ script, source, line: line!, column: column! }];
  });
  const [first] = places;
  const last = places.at(-1);
  if (!first || !last) return [];
  return first.script === last.script ? [first] : [first, last];
}
