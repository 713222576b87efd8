/** One cell, from its request to the content of its reply. */
import type { DisplayData, ErrorReport } from "../cells/messages.js";
import type { Execution, Interpreter } from "../interpreter.js";
import type { Header } from "../wire/message.js";
import type { ExecuteRequest } from "../wire/requests.js";
import { failureOf } from "./failure.js";
import type { Publisher } from "./publisher.js";

type Content = Record<string, unknown>;

export interface CellRun {
  readonly content: ExecuteRequest;
  readonly header: Header;
  /** The front end's id of the cell. */
  readonly cellId: string | undefined;
  /** Name in stack traces. */
  readonly label: string;
  /** The execution count that everything of it carries. */
  readonly count: number;
  /** What it gives to read aside. */
  readonly pages: DisplayData[];
}

export interface CellReply {
  readonly content: Content & { readonly status: "ok" | "error" };
  /** The result as text. */
  readonly output?: string;
}

function errorContent({ ename, evalue, traceback }: ErrorReport): Content & { status: "error" } {
  return { status: "error", ename, evalue, traceback };
}

/** What becomes of a cell without code. */
const nothing: Execution = { status: "ok" };

/** Front ends show it in their pager. */
function toPayload(data: DisplayData): Content {
  return { source: "page", data, start: 0 };
}

async function execute(interpreter: Promise<Interpreter>, source: string, run: CellRun): Promise<Execution> {
  const { label, cellId, content } = run;
  const options = { label, allowInput: content.allow_stdin, ...(cellId === undefined ? {} : { cellId }) };
  try {
    return await (await interpreter).execute(source, options);
  } catch (error) {
    const { ename, evalue, traceback } = failureOf(error);
    return { status: "error", error: { ename, evalue, traceback: [...traceback] }, ended: false };
  }
}

/** Each by itself, so that one that throws does not hide the others. */
async function expressions(interpreter: Promise<Interpreter>, run: CellRun): Promise<Content> {
  const results: Content = {};
  for (const [name, source] of Object.entries(run.content.user_expressions ?? {})) {
    // in brackets only an expression compiles, and an object is no block
    const execution = await execute(interpreter, `(${source}\n)`, { ...run, label: `${run.label}, ${name}` });
    if (execution.status === "error") results[name] = errorContent(execution.error);
    else results[name] = { status: "ok", data: execution.result ?? { "text/plain": "undefined" }, metadata: {} };
  }
  return results;
}

/** Runs a cell and publishes what comes of it; what it does meanwhile is published by whoever takes the events. */
export async function runCell(
  interpreter: Promise<Interpreter>,
  run: CellRun,
  publisher: Publisher,
): Promise<CellReply> {
  const { header: parent, count, content, pages } = run;
  const { code, silent } = content;
  if (!silent) publisher.publish({ type: "execute_input", parent, content: { code, execution_count: count } });
  const execution = code.trim() === "" ? nothing : await execute(interpreter, code, run);
  if (execution.status === "error") {
    const { status, ...error } = errorContent(execution.error);
    publisher.publish({ type: "error", parent, content: error });
    const payload = pages.map(toPayload);
    return { content: { status, ...error, execution_count: count, user_expressions: {}, payload } };
  }
  const { result: data } = execution;
  if (data !== undefined && !silent) {
    publisher.publish({ type: "execute_result", parent, content: { execution_count: count, data, metadata: {} } });
  }
  const user_expressions = await expressions(interpreter, run);
  const payload = pages.map(toPayload);
  const text = data?.["text/plain"];
  return {
    content: { status: "ok", execution_count: count, user_expressions, payload },
    ...(typeof text === "string" ? { output: text } : {}),
  };
}
