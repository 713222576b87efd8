/** Follows which cell runs, so that what lies in a cell's output is known to be gone once the cell runs again. */
import type { CellExecution } from "../core/display-hook.js";
import type { Tslab } from "./tslab.js";

export interface Executions {
  /** A cell begins, known by its id or, without one, by its code. */
  begin(cell: string): void;
  /** The run that began last. */
  current(): CellExecution | undefined;
}

export function createExecutions(): Executions {
  const latest = new Map<string, CellExecution>();
  let running: CellExecution | undefined;
  return {
    begin(cell) {
      const earlier = latest.get(cell);
      if (earlier) earlier.replaced = true;
      running = { replaced: false };
      latest.set(cell, running);
    },
    current: () => running,
  };
}

interface ExecuteRequest {
  code: string;
  /** the id that came beside the request */
  cell?: string;
}

interface ShellMessage {
  metadata?: { cellId?: unknown };
  content: ExecuteRequest;
}

type Handler<T> = (this: unknown, first: T, ...rest: unknown[]) => Promise<unknown>;

/**
 * Follows the cells that tslab's kernel runs. JupyterLab sends a cell's id in a request's metadata, which tslab does
 * not look at; other front ends send none. Requests wait in a queue, so a run begins when its turn comes.
 */
export function followExecutions({ jupyter }: Tslab): Executions {
  const executions = createExecutions();
  const server = jupyter.ZmqServer.prototype as unknown as {
    handleExecute(this: unknown, socket: unknown, message: ShellMessage): Promise<unknown>;
  };
  const receive = server.handleExecute;
  server.handleExecute = function (socket, message) {
    const id = message.metadata?.cellId;
    if (typeof id === "string") message.content.cell = id;
    return receive.call(this, socket, message);
  };
  const handler = jupyter.JupyterHandlerImpl.prototype as unknown as { handleExecuteImpl: Handler<ExecuteRequest> };
  const execute = handler.handleExecuteImpl;
  handler.handleExecuteImpl = function (request, ...rest) {
    executions.begin(request.cell ?? request.code);
    return execute.call(this, request, ...rest);
  };
  return executions;
}
