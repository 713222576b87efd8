import { type Runtime, type Session, sharedRuntime, threadCount } from "../runtime/runtime.js";

export interface SharedSessionOptions {
  /** @default the shared one */
  readonly runtime?: Runtime | undefined;
  /** threads for one run @default the machine's physical cores */
  readonly threads?: number | undefined;
}

/** Gives the session of one graph in a runtime. */
export type SharedSession = (options?: SharedSessionOptions) => Promise<Session>;

/**
 * A graph that is opened once for each number of threads in each runtime that asks for it, at its first call. What
 * could not be opened is tried again at the next, and a runtime that took the place of another gets sessions of its own.
 */
export function sharedSession(buildGraph: () => Uint8Array): SharedSession {
  const sessions = new WeakMap<Runtime, Map<number, Promise<Session>>>();
  return async ({ runtime = sharedRuntime(), threads } = {}) => {
    const count = threadCount(threads);
    const opened = sessions.get(runtime) ?? new Map<number, Promise<Session>>();
    sessions.set(runtime, opened);
    const known = opened.get(count);
    if (known) return known;
    const opening = runtime.open(buildGraph(), { threads: count });
    opened.set(count, opening);
    opening.catch(() => opened.delete(count));
    return opening;
  };
}
