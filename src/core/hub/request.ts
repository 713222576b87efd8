/** One request to the Hub, by which everything goes that leaves this machine. */
import type { Outcome } from "./failures.js";
import { misunderstood, networkFailure, refusal } from "./failures.js";
import type { HubJob } from "./job.js";
import { persist } from "./retry.js";

const mostRedirects = 10;
/** Descriptions of a repository and of a few of its files have some kilobytes. */
const mostAnswerBytes = 8 * 2 ** 20;

/** Ends a request when nothing has come for a while, or when the job is stopped. */
export class Patience {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #ms: number;
  #timer: NodeJS.Timeout;

  constructor(job: HubJob) {
    this.signal = job.signal ? AbortSignal.any([job.signal, this.#controller.signal]) : this.#controller.signal;
    this.#ms = job.timeout;
    this.#timer = this.#start();
  }

  #start(): NodeJS.Timeout {
    const lost = () => this.#controller.abort(new DOMException("nothing came", "TimeoutError"));
    return setTimeout(lost, this.#ms);
  }

  /** something has come */
  renew(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#start();
  }

  /** frees the timer and, if it still runs, the connection */
  end(): void {
    clearTimeout(this.#timer);
    this.#controller.abort();
  }
}

/** @returns an answer whose status is 2xx, its body still to be read, or 416 when a range was asked for; or a failure */
export async function request(
  job: HubJob,
  url: string,
  init: RequestInit,
  patience: Patience,
  file?: string,
): Promise<Outcome<Response>> {
  try {
    const response = await follow(job, url, init, patience);
    if (response.ok || (response.status === 416 && new Headers(init.headers).has("range"))) return { value: response };
    await response.body?.cancel();
    return { failure: refusal(job, response, file) };
  } catch (cause) {
    job.signal?.throwIfAborted();
    return { failure: networkFailure(job, cause, file) };
  }
}

/**
 * Follows redirects by hand: the token belongs to the endpoint and goes nowhere else, such as the store of large files,
 * whose addresses carry their own signatures.
 */
async function follow(job: HubJob, url: string, init: RequestInit, patience: Patience): Promise<Response> {
  const home = new URL(job.endpoint).origin;
  let target = new URL(url);
  for (let hops = 0; ; hops++) {
    const headers = new Headers(init.headers);
    headers.delete("authorization");
    headers.set("user-agent", "patchlab");
    if (job.token && target.origin === home) headers.set("authorization", `Bearer ${job.token.text}`);
    const response = await fetch(target, { ...init, headers, redirect: "manual", signal: patience.signal });
    patience.renew();
    const location = response.headers.get("location");
    if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return response;
    await response.body?.cancel();
    if (hops >= mostRedirects) throw misunderstood(job, `more than ${mostRedirects} redirects`);
    target = new URL(location, target);
    if (target.protocol !== "https:" && target.protocol !== "http:")
      throw misunderstood(job, `a redirect to ${target.protocol}`);
  }
}

/**
 * A `fetch` for @huggingface/hub's functions, which take one: with our token (theirs must begin with "hf_", as those of
 * other endpoints need not), repetitions, errors and a bound on what an answer may hold.
 */
export function hubFetch(job: HubJob): typeof fetch {
  return async (input, init = {}) => {
    const url = String(input instanceof Request ? input.url : input);
    return persist(job, async () => {
      const patience = new Patience(job);
      try {
        const outcome = await request(job, url, init, patience);
        if ("failure" in outcome) return outcome;
        return { value: await readWhole(job, outcome.value, patience) };
      } catch (cause) {
        job.signal?.throwIfAborted();
        return { failure: networkFailure(job, cause) };
      } finally {
        patience.end();
      }
    });
  };
}

async function readWhole(job: HubJob, response: Response, patience: Patience): Promise<Response> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    patience.renew();
    bytes += chunk.length;
    if (bytes > mostAnswerBytes) throw misunderstood(job, `with more than ${mostAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  const { status, headers } = response;
  return new Response(Buffer.concat(chunks), { status, headers });
}
