/**
 * Notebook files: what we check of nbformat 4, and its JSON as Jupyter writes it.
 *
 * @see https://nbformat.readthedocs.io/en/latest/format_description.html
 */
import { z } from "zod";
import { FormatError } from "../../core/errors.js";

/** What a cell printed or showed. Text is whole here; in the file it is a list of lines. */
export type CellOutput =
  | { output_type: "stream"; name: "stdout" | "stderr"; text: string }
  | { output_type: "display_data"; data: Record<string, unknown>; metadata: Record<string, unknown> }
  | {
      output_type: "execute_result";
      data: Record<string, unknown>;
      metadata: Record<string, unknown>;
      execution_count: number;
    }
  | { output_type: "error"; ename: string; evalue: string; traceback: string[] };

/** A cell as it stands in the file, with whatever else it carries. */
export interface NotebookCell {
  cell_type: string;
  source: string | string[];
  metadata: { tags?: string[]; [key: string]: unknown };
  outputs?: unknown[];
  execution_count?: number | null;
  [key: string]: unknown;
}

export interface Notebook {
  nbformat: number;
  nbformat_minor: number;
  metadata: Record<string, unknown>;
  cells: NotebookCell[];
  [key: string]: unknown;
}

const cell = z.looseObject({
  cell_type: z.string(),
  source: z.union([z.string(), z.array(z.string())]),
  metadata: z.looseObject({ tags: z.array(z.string()).optional() }),
});

const notebook = z.looseObject({
  nbformat: z.literal(4),
  nbformat_minor: z.int().nonnegative(),
  metadata: z.looseObject({
    kernelspec: z.looseObject({ name: z.string(), language: z.string().optional() }).optional(),
    language_info: z.looseObject({ name: z.string() }).optional(),
  }),
  cells: z.array(cell),
});

/** Kernels whose notebooks are TypeScript even where the file does not say so. */
const typescriptKernels = ["patchlab", "tslab", "deno"];

function checkVersion(path: string, json: unknown): void {
  const { nbformat } = (typeof json === "object" && json !== null ? json : {}) as { nbformat?: unknown };
  if (nbformat === undefined) throw new FormatError(path, "expected a notebook, but there is no nbformat in it");
  if (nbformat !== 4) {
    throw new FormatError(
      path,
      `expected a notebook of nbformat 4, not ${JSON.stringify(nbformat)}: open and save it in Jupyter to convert it`,
    );
  }
}

function checkLanguage(path: string, { kernelspec, language_info }: z.infer<typeof notebook>["metadata"]): void {
  const language = kernelspec?.language ?? language_info?.name;
  if (language !== undefined && language.toLowerCase() !== "typescript") {
    throw new FormatError(path, `expected a TypeScript notebook, but its language is ${language}`);
  }
  if (language === undefined && kernelspec !== undefined && !typescriptKernels.includes(kernelspec.name)) {
    throw new FormatError(path, `expected a TypeScript notebook, but its kernel is ${kernelspec.name}`);
  }
}

/**
 * Reads the text of a TypeScript notebook. Fields that we do not know stay in it.
 *
 * @param path the file that the text is from, for the errors
 * @throws FormatError when it is not JSON, not nbformat 4, or in another language
 */
export function parseNotebook(path: string, text: string): Notebook {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new FormatError(path, `expected a notebook, but it is not JSON (${(cause as Error).message})`, { cause });
  }
  checkVersion(path, json);
  const checked = notebook.safeParse(json);
  if (!checked.success) {
    const { path: place, message } = checked.error.issues[0]!;
    throw new FormatError(path, `is not a valid notebook: ${place.map(String).join(".")}: ${message}`);
  }
  checkLanguage(path, checked.data.metadata);
  // The original, not zod's copy, so that nothing in it can get lost or reordered.
  return json as Notebook;
}

/** The source of a cell as one text. */
export function sourceOf({ source }: NotebookCell): string {
  return typeof source === "string" ? source : source.join("");
}

/** Text as the list of its lines, each with its line end. */
function lines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function isSplit(type: string): boolean {
  return type.startsWith("text/") || type === "image/svg+xml" || type === "application/javascript";
}

/** An output as it stands in the file: text in lines, base64 and JSON whole. */
export function toFileOutput(output: CellOutput): Record<string, unknown> {
  if (output.output_type === "stream") return { ...output, text: lines(output.text) };
  if (output.output_type === "error") return { ...output };
  const data = Object.entries(output.data).map(([type, value]) => [
    type,
    typeof value === "string" && isSplit(type) ? lines(value) : value,
  ]);
  return { ...output, data: Object.fromEntries(data) };
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]));
}

/** The notebook's text as Jupyter writes it: sorted keys, sources in lines, one space of indent, a final line end. */
export function formatNotebook(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) => ({ ...cell, source: lines(sourceOf(cell)) }));
  return `${JSON.stringify(sortKeys({ ...notebook, cells }), null, 1)}\n`;
}
