/**
 * Parameters of a notebook: values from outside that replace those of its cell tagged `parameters`.
 *
 * @see https://papermill.readthedocs.io/en/latest/usage-parameterize.html
 */
import { randomUUID } from "node:crypto";
import { Script } from "node:vm";
import { ArgumentError } from "../../core/errors.js";
import { type DeclaredName, declaredNames } from "../compiler/declared-names.js";
import { parseCell } from "../compiler/parse.js";
import { type Notebook, type NotebookCell, sourceOf } from "./nbformat.js";

/** Values by name; anything that JSON can hold. */
export type Parameters = Readonly<Record<string, unknown>>;

const parametersTag = "parameters";
const injectedTag = "injected-parameters";

function hasTag({ metadata }: NotebookCell, tag: string): boolean {
  return metadata.tags?.includes(tag) ?? false;
}

/** Words of the language look like names, so the language is asked. */
function isName(name: string): boolean {
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)) return false;
  try {
    new Script(`"use strict"; let ${name};`);
    return true;
  } catch {
    return false;
  }
}

/** A variable that the tagged cell declares keeps its type; anything else comes new. */
function statement(name: string, value: unknown, declared: ReadonlyMap<string, DeclaredName>): string {
  if (!isName(name))
    throw new ArgumentError("parameters", `has ${JSON.stringify(name)}, which cannot be the name of a variable`);
  const text = value === undefined ? undefined : JSON.stringify(value);
  if (text === undefined) throw new ArgumentError("parameters", `has ${name} with a value that JSON cannot hold`);
  return `${declared.get(name)?.form === "let" ? "" : "let "}${name} = ${text};\n`;
}

function injectedCell(
  notebook: Notebook,
  parameters: Parameters,
  declared: ReadonlyMap<string, DeclaredName>,
): NotebookCell {
  const lines = Object.entries(parameters).map(([name, value]) => statement(name, value, declared));
  const source = `// Parameters\n${lines.join("")}`.trimEnd();
  const id = notebook.nbformat_minor >= 5 ? { id: randomUUID().slice(0, 8) } : {};
  return { cell_type: "code", ...id, metadata: { tags: [injectedTag] }, execution_count: null, outputs: [], source };
}

/**
 * Adds a cell that sets `parameters`, as papermill does: in place of one that an earlier run added, else behind
 * the cell tagged `parameters`, else at the top.
 *
 * @param notebook is changed
 * @returns names that the cell tagged `parameters` does not declare, often mistyped
 * @throws ArgumentError for what cannot be a variable's name, or a value that JSON cannot hold
 */
export function injectParameters(notebook: Notebook, parameters: Parameters): string[] {
  const { cells } = notebook;
  const defaults = cells.find((one) => hasTag(one, parametersTag));
  const declared = declaredNames(parseCell(defaults ? sourceOf(defaults) : "").file);
  const cell = injectedCell(notebook, parameters, declared);
  const injected = cells.findIndex((one) => hasTag(one, injectedTag));
  const place = cells.findIndex((one) => hasTag(one, parametersTag));
  if (injected >= 0) cells.splice(injected, 1, cell);
  else cells.splice(place + 1, 0, cell);
  return defaults ? Object.keys(parameters).filter((name) => !declared.has(name)) : [];
}
