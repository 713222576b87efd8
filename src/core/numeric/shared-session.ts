import { type Runtime, type Session, sharedRuntime } from "../runtime/runtime.js";

/** Gives the session of one graph in a runtime, by default the shared one. */
export type SharedSession = (runtime?: Runtime) => Promise<Session>;

/**
 * A graph that is opened once in each runtime that asks for it, at its first call. What could not be opened is tried
 * again at the next, and a runtime that took the place of another gets a session of its own.
 */
export function sharedSession(buildGraph: () => Uint8Array): SharedSession {
  const sessions = new WeakMap<Runtime, Promise<Session>>();
  return (runtime = sharedRuntime()) => {
    const known = sessions.get(runtime);
    if (known) return known;
    const opening = runtime.open(buildGraph());
    sessions.set(runtime, opening);
    opening.catch(() => sessions.delete(runtime));
    return opening;
  };
}
