/** Turns what figures hand over into what Jupyter's messages and notebooks hold. */
import { type DisplayHook, type JupyterBundle, setDisplayHook } from "../core/display-hook.js";
import { ArgumentError } from "../core/errors.js";

/** The data of a Jupyter `display_data` message. */
export type DisplayData = Record<string, unknown>;

const jsonType = /^application\/(?:json|.*\+json)$/;

function encode(type: string, value: unknown): unknown {
  if (value instanceof Uint8Array) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
  }
  if (typeof value !== "string") {
    throw new ArgumentError("bundle", `expected text or bytes for ${type}, not ${typeof value}`);
  }
  if (!jsonType.test(type)) return value;
  try {
    return JSON.parse(value);
  } catch (cause) {
    throw new ArgumentError("bundle", `expected JSON text for ${type}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Turns a MIME bundle into what Jupyter's messages and notebooks hold.
 *
 * @throws ArgumentError for an empty bundle or a value that is neither text nor bytes
 */
export function toDisplayData(bundle: JupyterBundle): DisplayData {
  const entries = typeof bundle === "object" && bundle !== null ? Object.entries(bundle) : [];
  if (entries.length === 0) {
    throw new ArgumentError("bundle", "expected at least one MIME type with its content, but there is none");
  }
  return Object.fromEntries(entries.map(([type, value]) => [type, encode(type, value)]));
}

/**
 * Sets the hook, so that each bundle goes to `emit` as one message.
 *
 * @param execution tells the run of a cell that is at work, where cells can run more than once
 */
export function installDisplayHook(
  emit: (data: DisplayData) => void,
  execution?: NonNullable<DisplayHook["execution"]>,
): void {
  const hook: DisplayHook = (bundle) => emit(toDisplayData(bundle));
  if (execution) hook.execution = execution;
  setDisplayHook(hook);
}
