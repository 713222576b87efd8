/** What the content of each message from a front end may hold. What the protocol lets out gets its default. */
import { z } from "zod";
import { PatchlabError } from "../../core/errors.js";

type JsonObject = Record<string, unknown>;

export interface ExecuteRequest {
  readonly code: string;
  readonly silent: boolean;
  /** Left out, it is the opposite of `silent`. */
  readonly store_history?: boolean | undefined;
  /** Expressions by the names that their values go by in the reply. */
  readonly user_expressions?: Record<string, string> | null | undefined;
  readonly allow_stdin: boolean;
  readonly stop_on_error: boolean;
}

export interface HistoryRequest {
  readonly hist_access_type: "tail" | "range" | "search";
  readonly output: boolean;
  readonly session?: number | null | undefined;
  readonly start?: number | null | undefined;
  readonly stop?: number | null | undefined;
  readonly n?: number | null | undefined;
  readonly pattern?: string | null | undefined;
  readonly unique?: boolean | null | undefined;
}

/** Code, and a place in it: counted in characters, the end where it is left out. */
export interface CodeAtPlace {
  readonly code: string;
  readonly cursor_pos?: number | null | undefined;
}

export interface CommContent {
  readonly comm_id: string;
  readonly data: JsonObject;
}

/** The checked content by message type. */
export interface RequestContents {
  readonly kernel_info_request: JsonObject;
  readonly connect_request: JsonObject;
  readonly execute_request: ExecuteRequest;
  readonly complete_request: CodeAtPlace;
  readonly inspect_request: CodeAtPlace;
  readonly is_complete_request: { readonly code: string };
  readonly history_request: HistoryRequest;
  readonly comm_info_request: { readonly target_name?: string | null | undefined };
  readonly comm_open: CommContent & { readonly target_name: string };
  readonly comm_msg: CommContent;
  readonly comm_close: CommContent;
  readonly interrupt_request: JsonObject;
  readonly shutdown_request: { readonly restart: boolean };
  readonly debug_request: { readonly seq?: number | undefined; readonly command?: string | undefined };
  readonly input_reply: { readonly value: string };
}

export type RequestType = keyof RequestContents;

const wholeNumber = z.int().nullish();
const cursor_pos = z.int().min(0).nullish();
const code = z.string();
const anything = z.looseObject({});
const data = z.record(z.string(), z.unknown()).default({});
const comm = z.looseObject({ comm_id: z.string(), data });

const contents: { readonly [T in RequestType]: z.ZodType<RequestContents[T]> } = {
  kernel_info_request: anything,
  connect_request: anything,
  execute_request: z.looseObject({
    code,
    silent: z.boolean().default(false),
    store_history: z.boolean().optional(),
    user_expressions: z.record(z.string(), z.string()).nullish(),
    allow_stdin: z.boolean().default(false),
    stop_on_error: z.boolean().default(true),
  }),
  complete_request: z.looseObject({ code, cursor_pos }),
  inspect_request: z.looseObject({ code, cursor_pos }),
  is_complete_request: z.looseObject({ code }),
  history_request: z.looseObject({
    hist_access_type: z.enum(["tail", "range", "search"]),
    output: z.boolean().default(false),
    session: wholeNumber,
    start: wholeNumber,
    stop: wholeNumber,
    n: z.int().min(0).nullish(),
    pattern: z.string().nullish(),
    unique: z.boolean().nullish(),
  }),
  comm_info_request: z.looseObject({ target_name: z.string().nullish() }),
  comm_open: comm.extend({ target_name: z.string() }),
  comm_msg: comm,
  comm_close: comm,
  interrupt_request: anything,
  shutdown_request: z.looseObject({ restart: z.boolean().default(false) }),
  debug_request: z.looseObject({ seq: z.number().optional(), command: z.string().optional() }),
  input_reply: z.looseObject({ value: z.string() }),
};

/** A message whose content is not what its type says. */
export class BadRequest extends PatchlabError {
  override name = "BadRequest";
}

/**
 * Checks the content of a message.
 *
 * @throws BadRequest naming the entry that is missing or of another kind
 */
export function checkContent<T extends RequestType>(type: T, content: unknown): RequestContents[T] {
  const { success, data, error } = contents[type].safeParse(content);
  if (success) return data as RequestContents[T];
  const { path, message } = error.issues[0]!;
  throw new BadRequest(`the content of ${type} does not fit at ${path.join(".")} (${message}): see the protocol`);
}
