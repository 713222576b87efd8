/** Errors of cells in Jupyter's form: thrown values, what the compiler found, and what ended a cell from outside. */
import { readFileSync } from "node:fs";
import type { ErrorReport } from "../cells/messages.js";
import type { CellDiagnostic } from "../compiler/compiled-cell.js";
import { red } from "./ansi.js";
import { codeFrame } from "./code-frame.js";
import { adviceFor } from "./error-advice.js";
import { type ErrorFacts, errorFacts } from "./error-facts.js";
import { frameLines, knownPlaces, type ReportContext, scriptName } from "./frame-text.js";
import { count, counted, cutText } from "./limits.js";
import { inlineText, plainText } from "./plain-text.js";
import { readStack, type StackFrame } from "./stack-frames.js";

export type { ReportContext } from "./frame-text.js";

const deepestCause = 4;
const mostErrors = 5;
const mostCauseFrames = 4;
const mostDiagnostics = 20;
const mostMessageCharacters = 10_000;

/**
 * Reports a value that a cell threw: its message, the frames that concern the cell's author, the lines around the
 * place, its properties, and its causes. Never throws.
 *
 * @param context where the notebook lies, and the sources of its cells
 * @returns for an error its name and message, for any other value `Uncaught` and the value
 */
export function reportThrown(thrown: unknown, context: ReportContext): ErrorReport {
  const facts = errorFacts(thrown);
  if (!facts) {
    const text = cutText(plainText(thrown), mostMessageCharacters);
    return { ename: "Uncaught", evalue: text, traceback: coloured(`Uncaught ${text}`) };
  }
  const inner = nested(facts, context, new Set([thrown]));
  const traceback = [...errorLines(facts, context), ...(inner.length > 0 ? ["", ...inner] : [])];
  return { ename: facts.name, evalue: cutText(facts.message, mostMessageCharacters), traceback };
}

function coloured(text: string): string[] {
  return text.split("\n").map(red);
}

function headOf({ name, message }: ErrorFacts): string {
  const shown = cutText(message, mostMessageCharacters);
  return shown === "" ? name : `${name}: ${shown}`;
}

function errorLines(facts: ErrorFacts, context: ReportContext): string[] {
  const { before, frames } = readStack(facts.stack, facts.message, (script) => context.sourceOf(script) !== undefined);
  const advice = adviceFor(facts);
  return [
    ...coloured(headOf(facts)),
    ...before.map((line) => `    ${line}`),
    ...frameLines(frames, context),
    ...codeLines(frames, context),
    ...propertyLines(facts.properties),
    ...(advice === undefined ? [] : ["", advice]),
  ];
}

/** The lines around each place; two are told apart by their names. */
function codeLines(frames: readonly StackFrame[], context: ReportContext): string[] {
  const places = knownPlaces(frames, context);
  return places.flatMap((place) => {
    const name = places.length > 1 ? [scriptName(place.script, context.folder)] : [];
    return ["", ...name, ...codeFrame(place)];
  });
}

function propertyLines(properties: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(properties).length === 0 ? [] : ["", cutText(inlineText(properties, 1), 1_000)];
}

/** Causes and joined errors, each with its message and its first frames. */
function nested(facts: ErrorFacts, context: ReportContext, seen: Set<unknown>, indent = "  "): string[] {
  const inner: [label: string, value: unknown][] = facts.errors
    .slice(0, mostErrors)
    .map((error, i) => [`[errors ${i}]`, error]);
  if ("cause" in facts) inner.unshift(["[cause]", facts.cause]);
  const missing = facts.errors.length - mostErrors;
  const rest = missing > 0 ? [`${indent}… ${counted(missing, "more error")}`] : [];
  return [...inner.flatMap(([label, value]) => nestedOne(label, value, context, seen, indent)), ...rest];
}

function nestedOne(
  label: string,
  value: unknown,
  context: ReportContext,
  seen: Set<unknown>,
  indent: string,
): string[] {
  const facts = errorFacts(value);
  if (!facts)
    return cutText(`${label}: ${inlineText(value, 1)}`, 1_000)
      .split("\n")
      .map((line) => indent + line);
  if (seen.has(value)) return [`${indent}${label}: ${facts.name}, as above`];
  seen.add(value);
  const { frames } = readStack(facts.stack, facts.message, (script) => context.sourceOf(script) !== undefined);
  const head = headOf(facts).split("\n");
  const lines = [
    `${label}: ${red(head[0]!)}`,
    ...head.slice(1).map(red),
    ...frameLines(frames, context, mostCauseFrames),
  ];
  const properties = propertyLines(facts.properties).slice(1);
  const own = [...lines, ...properties.map((line) => `    ${line}`)].map((line) => indent + line);
  const deeper = indent.length / 2 >= deepestCause ? [] : nested(facts, context, seen, `${indent}  `);
  return [...own, ...deeper];
}

/**
 * Reports what the compiler found: each place with its lines.
 *
 * @param source the cell
 * @param label name of the cell, such as `cell [3]`
 * @param folder the notebook's, from which files are named @default the working folder
 * @returns ename `CompileError`, since nothing of the cell ran; evalue is the first finding as `1:7 - message`
 */
export function reportDiagnostics(
  diagnostics: readonly CellDiagnostic[],
  source: string,
  label: string,
  folder: string = process.cwd(),
): ErrorReport {
  const [first] = diagnostics;
  const reports = diagnostics.slice(0, mostDiagnostics).map((diagnostic, i) => {
    const name = diagnostic.file === undefined ? label : scriptName(diagnostic.file, folder);
    const { line, column, code, message } = diagnostic;
    const head = `${name}:${line}:${column} - error TS${code}: ${message}`;
    const text = diagnostic.file === undefined ? source : fileSource(diagnostic.file);
    const frame = text === undefined ? [] : codeFrame({ source: text, line, column, length: diagnostic.length });
    return [...(i > 0 ? [""] : []), ...coloured(head), ...(frame.length > 0 ? ["", ...frame] : [])];
  });
  const missing = diagnostics.length - mostDiagnostics;
  const rest = missing > 0 ? ["", `… ${count(missing)} more`] : [];
  return {
    ename: "CompileError",
    evalue: first ? shortFinding(first, folder) : "the cell does not compile",
    traceback: [...reports.flat(), ...rest],
  };
}

function shortFinding({ file, line, column, message }: CellDiagnostic, folder: string): string {
  return `${file === undefined ? "" : `${scriptName(file, folder)}:`}${line}:${column} - ${message}`;
}

function fileSource(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** Reports what ended a cell from outside: a time limit, or the end of its process. */
export function reportEnd(ename: string, evalue: string): ErrorReport {
  return { ename, evalue, traceback: coloured(`${ename}: ${evalue}`) };
}
