/**
 * Parameters of a notebook: values from outside that replace those of its cell tagged `parameters`.
 *
 * @see https://papermill.readthedocs.io/en/latest/usage-parameterize.html
 */
import { randomUUID } from "node:crypto";
import { Script } from "node:vm";
import { ArgumentError } from "../../core/errors.js";
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

function declaration([name, value]: [string, unknown]): string {
  if (!isName(name))
    throw new ArgumentError("parameters", `has ${JSON.stringify(name)}, which cannot be the name of a variable`);
  const text = value === undefined ? undefined : JSON.stringify(value);
  if (text === undefined) throw new ArgumentError("parameters", `has ${name} with a value that JSON cannot hold`);
  return `let ${name} = ${text};\n`;
}

function injectedCell(notebook: Notebook, parameters: Parameters): NotebookCell {
  const source = `// Parameters\n${Object.entries(parameters).map(declaration).join("")}`.trimEnd();
  const id = notebook.nbformat_minor >= 5 ? { id: randomUUID().slice(0, 8) } : {};
  return { cell_type: "code", ...id, metadata: { tags: [injectedTag] }, execution_count: null, outputs: [], source };
}

/**
 * Adds a cell that declares `parameters`, as papermill does: in place of one that an earlier run added, else behind
 * the cell tagged `parameters`, else at the top.
 *
 * @param notebook is changed
 * @returns names that the cell tagged `parameters` does not mention, often mistyped
 * @throws ArgumentError for what cannot be a variable's name, or a value that JSON cannot hold
 */
export function injectParameters(notebook: Notebook, parameters: Parameters): string[] {
  const { cells } = notebook;
  const cell = injectedCell(notebook, parameters);
  const injected = cells.findIndex((one) => hasTag(one, injectedTag));
  const place = cells.findIndex((one) => hasTag(one, parametersTag));
  if (injected >= 0) cells.splice(injected, 1, cell);
  else cells.splice(place + 1, 0, cell);
  const defaults = cells.find((one) => hasTag(one, parametersTag));
  if (!defaults) return [];
  const words = new Set(sourceOf(defaults).match(/[\p{ID_Continue}$]+/gu));
  return Object.keys(parameters).filter((name) => !words.has(name));
}
