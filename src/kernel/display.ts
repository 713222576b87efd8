/**
 * How a figure made inside a module reaches the notebook: the kernel leaves one function on globalThis, under a
 * registered symbol, and whoever has a MIME bundle calls it. The two sides share nothing else.
 */
import { ArgumentError } from "../core/errors.js";

/** One result in several forms, by MIME type; bytes (such as a PNG) become base64. JSON types hold JSON text. */
export type MimeBundle = Record<string, string | Uint8Array>;

export type DisplayHook = (bundle: MimeBundle) => void;

/** The data of a Jupyter `display_data` message. */
export type DisplayData = Record<string, unknown>;

/** `globalThis[displaySymbol]` is the hook while a kernel or a notebook run is at work, and undefined elsewhere. */
export const displaySymbol: symbol = Symbol.for("patchlab.display");

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
export function toDisplayData(bundle: MimeBundle): DisplayData {
  const entries = typeof bundle === "object" && bundle !== null ? Object.entries(bundle) : [];
  if (entries.length === 0) {
    throw new ArgumentError("bundle", "expected at least one MIME type with its content, but there is none");
  }
  return Object.fromEntries(entries.map(([type, value]) => [type, encode(type, value)]));
}

/** Sets the hook, so that each bundle goes to `emit` as one message. */
export function installDisplayHook(emit: (data: DisplayData) => void): void {
  const hook: DisplayHook = (bundle) => emit(toDisplayData(bundle));
  Object.defineProperty(globalThis, displaySymbol, { value: hook, configurable: true, writable: true });
}
