/** What is answered at once, also while a cell runs: everything but the running of cells. */
import type { CommEvent } from "../cells/messages.js";
import type { Interpreter } from "../interpreter.js";
import type { Connection } from "../wire/connection-file.js";
import { type CommContent, checkContent, type RequestContents, type RequestType } from "../wire/requests.js";
import type { History } from "./history.js";
import { kernelInfo } from "./kernel-info.js";
import { completeReply, inspectReply, isCompleteReply } from "./language.js";
import type { Request } from "./outgoing.js";

type Content = Record<string, unknown>;

/** The content of the reply; nothing for messages that get none. */
export type Answer = (request: Request) => Promise<Content | undefined>;

export interface AnswerSources {
  readonly interpreter: Promise<Interpreter>;
  readonly history: History;
  readonly ports: Connection["ports"];
  openComms(): ReadonlyMap<string, string>;
  interrupt(): void;
}

type AnyCommContent = CommContent & { readonly target_name?: string };

function commEvent(event: CommEvent["event"], content: AnyCommContent, message: Request): CommEvent {
  const { comm_id: id, data, target_name: target } = content;
  const { metadata, buffers, header: request } = message;
  return { type: "comm", event, id, ...(target === undefined ? {} : { target }), data, metadata, buffers, request };
}

function commInfo(open: ReadonlyMap<string, string>, target: string | null | undefined): Content {
  const comms: Content = {};
  for (const [id, target_name] of open) if (target == null || target === target_name) comms[id] = { target_name };
  return { status: "ok", comms };
}

/** Debuggers speak another protocol inside of Jupyter's; this says in it that there is none. */
function noDebugger({ seq, command }: RequestContents["debug_request"]): Content {
  const message = "This kernel has no debugger.";
  return { type: "response", request_seq: seq ?? 0, success: false, command: command ?? "", message };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Answers by message type. They reject with `BadRequest` where the content is not what it should be. */
export function createAnswers({
  interpreter,
  history,
  ports,
  openComms,
  interrupt,
}: AnswerSources): ReadonlyMap<string, Answer> {
  const answers = new Map<string, Answer>();
  function on<T extends RequestType>(
    type: T,
    handle: (content: RequestContents[T], request: Request) => Content | undefined | Promise<Content | undefined>,
  ): void {
    answers.set(type, async (request) => handle(checkContent(type, request.content), request));
  }
  const comm = async (...event: Parameters<typeof commEvent>): Promise<undefined> => {
    (await interpreter).comm(commEvent(...event));
  };

  on("kernel_info_request", once(kernelInfo));
  on("connect_request", () => ({ status: "ok", ...ports }));
  on("complete_request", async (content) => completeReply(await interpreter, content));
  on("inspect_request", async (content) => inspectReply(await interpreter, content));
  on("is_complete_request", async (content) => isCompleteReply(await interpreter, content));
  on("history_request", (content) => ({ status: "ok", history: history.find(content) }));
  on("comm_info_request", ({ target_name }) => commInfo(openComms(), target_name));
  on("comm_open", (content, request) => comm("open", content, request));
  on("comm_msg", (content, request) => comm("message", content, request));
  on("comm_close", (content, request) => comm("close", content, request));
  on("debug_request", noDebugger);
  on("interrupt_request", () => {
    interrupt();
    return { status: "ok" };
  });
  return answers;
}
