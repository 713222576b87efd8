/** What the Hub's refusals mean, each as one sentence that says what to do. */
import { HubError } from "../errors.js";
import type { HubJob } from "./job.js";

/** A request that did not succeed. */
export interface Failure {
  error: Error;
  /** whether the same request may succeed a little later */
  retry: boolean;
  /** how long the Hub asks to wait */
  waitMs?: number;
}

/** What came of one try. */
export type Outcome<T> = { value: T } | { failure: Failure };

/**
 * The failure in an answer whose status is not 2xx.
 *
 * @see https://github.com/huggingface/huggingface_hub, utils/_http.py, hf_raise_for_status, for X-Error-Code and for a
 *   401 meaning "no such repository" to those who send no token
 */
export function refusal(job: HubJob, response: Response, file?: string): Failure {
  const { status, headers } = response;
  const sentence = sentenceFor(job, status, headers, file);
  const retry = [408, 425, 429, 500, 502, 503, 504].includes(status);
  const waitMs = status === 429 || status === 503 ? askedWait(headers) : undefined;
  const wait = waitMs === undefined ? "in a few minutes" : `in ${Math.ceil(waitMs / 1000)} seconds`;
  const problem = retry ? `${sentence}: run again ${wait}` : sentence;
  // who may read it is a question of the whole repository
  const about = file === undefined || status === 401 || status === 403 ? { status } : { status, file };
  return { error: new HubError(job.hubId, problem, about), retry, waitMs };
}

function sentenceFor(job: HubJob, status: number, headers: Headers, file?: string): string {
  const code = headers.get("x-error-code");
  const words = readable(headers.get("x-error-message") ?? "");
  const said = words === "" ? "" : ` ("${words}")`;
  const { endpoint, token, hubId, revision } = job;
  if (code === "GatedRepo") return gateSentence(job);
  if (code === "RevisionNotFound") return `the Hub has no revision "${revision}" of it: give another, or none for main`;
  if (code === "EntryNotFound") return "the Hub has no such file in it";
  if (status === 401 && token)
    return `the Hub does not accept the token in ${token.origin}: make a new one at ${endpoint}/settings/tokens, or take it away, since most models need none`;
  if (status === 401 || status === 404 || code === "RepoNotFound")
    return `the Hub at ${endpoint} has no such model, or keeps it private: check the name (npx patchlab models lists those known)${token ? "" : ", or set HF_TOKEN if it is yours"}`;
  if (status === 403)
    return `the Hub refuses it${said}: look at ${endpoint}/${hubId}, and whether ${token ? `the token in ${token.origin}` : "a token in HF_TOKEN"} may read it`;
  if (status === 429)
    return `the Hub gets too many requests from here (429)${token ? "" : ", fewer with HF_TOKEN set"}`;
  const where = file === undefined ? "the Hub" : "the Hub or its file store";
  return `${where} answers with ${status}${said}${status < 500 && status !== 408 && status !== 425 ? `: look at ${endpoint}/${hubId}` : ""}`;
}

function gateSentence({ endpoint, token, hubId }: HubJob): string {
  const page = `${endpoint}/${hubId}`;
  return token
    ? `its licence has not been granted to the token in ${token.origin}: accept it at ${page} as the same user, and see at ${endpoint}/settings/tokens that the token may read gated repositories`
    : `it is given only to those who accept its licence: do so at ${page}, then set HF_TOKEN to a token from ${endpoint}/settings/tokens and run again`;
}

/** Another program's words, short and without control characters, which a terminal would obey. */
export function readable(message: string): string {
  const text = message.replace(/[^\x21-\x7e]+/g, " ").trim();
  return text.slice(0, 200);
}

/**
 * @see RFC 9110, section 10.2.3, for Retry-After: seconds or a date; the Hub also sends the IETF draft's
 *   `RateLimit: "api";r=0;t=55`, t being the seconds until more are granted
 */
function askedWait(headers: Headers): number | undefined {
  const text = headers.get("retry-after") ?? /;\s*t=(\d+)/.exec(headers.get("ratelimit") ?? "")?.[1];
  if (text === undefined || text.trim() === "") return undefined;
  const wait = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

/** What a second try a moment later may change; no name server or a wrong certificate is not of that kind. */
const passing = /^(ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|UND_ERR_\w+)$/;

/** The failure of a request that got no answer, or whose answer broke off. */
export function networkFailure(job: HubJob, cause: unknown, file?: string): Failure {
  if (cause instanceof HubError) return { error: cause, retry: false };
  const { name, message, cause: inner } = cause as Error & { cause?: NodeJS.ErrnoException };
  const lost = name === "TimeoutError" ? `nothing came for ${job.timeout / 1000} s` : message;
  const code = inner ? (inner.code ?? inner.message) : lost;
  const proxy = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"].find((key) => process.env[key]);
  const hint =
    proxy && !process.env.NODE_USE_ENV_PROXY
      ? ` (Node heeds ${proxy} from version 24 on, with NODE_USE_ENV_PROXY=1)`
      : "";
  const problem = `the Hub at ${job.endpoint} cannot be reached (${readable(code)}): check the network${hint}, and HF_ENDPOINT if you set it, then run again; what has come is kept`;
  const error = new HubError(job.hubId, problem, { cause, ...(file === undefined ? {} : { file }) });
  return { error, retry: passing.test(code) || code === lost };
}

/** The failure of an answer that the Hub would not give; `what` may quote it. */
export function misunderstood({ hubId, endpoint }: HubJob, what: string, cause?: unknown): HubError {
  const problem = `${endpoint} does not answer as the Hub does (${readable(what)}): check HF_ENDPOINT, and whether a proxy stands between`;
  return new HubError(hubId, problem, { cause });
}
