/** MIME bundles on their way into Jupyter's messages: what one is, and how its values are written. */
import { types } from "node:util";
import type { JupyterBundle } from "../../core/display-hook.js";
import { ArgumentError } from "../../core/errors.js";
import type { DisplayData } from "../cells/messages.js";

const jsonType = /^application\/(?:json|.*\+json)$/;

const mimeType =
  /^(?:text|image|application|audio|video|model|font)\/[a-z0-9][a-z0-9!#$&^_.+-]*(?:; ?[a-z-]+=[\w.-]+)*$/i;

/** A record whose keys only look like MIME types, such as paths, has none of these. */
const wellKnown =
  /^(?:text\/(?:plain|html|markdown|latex|javascript)|image\/(?:png|jpeg|gif|webp|bmp|svg\+xml)|application\/(?:json|javascript|pdf|geo\+json|vnd\..+|x-.+))$/;

export function isMimeType(text: string): boolean {
  return mimeType.test(text);
}

/** What makes a plain record a MIME bundle: every key is a type, at least one of a kind that front ends show. */
export function isBundle(value: object): value is JupyterBundle {
  const prototype: unknown = Object.getPrototypeOf(value);
  // the keys of a long array take seconds to list
  if (prototype !== null && prototype !== Object.prototype) return false;
  const keys = Object.keys(value);
  if (keys.length === 0 || keys.length > 50) return false;
  if (!keys.every(isMimeType) || !keys.some((key) => wellKnown.test(key))) return false;
  return keys.every((key) => isContent(key, (value as Record<string, unknown>)[key]));
}

function isContent(type: string, value: unknown): boolean {
  return typeof value === "string" || types.isUint8Array(value) || (jsonType.test(type) && isJson(value));
}

function isJson(value: unknown): boolean {
  return value === null || ["boolean", "number", "object"].includes(typeof value);
}

function encode(type: string, value: unknown): unknown {
  if (types.isUint8Array(value)) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
  }
  if (jsonType.test(type) && isJson(value)) return json(type, () => JSON.parse(JSON.stringify(value)));
  if (typeof value !== "string") {
    throw new ArgumentError("bundle", `expected text or bytes for ${type}, not ${typeof value}`);
  }
  return jsonType.test(type) ? json(type, () => JSON.parse(value)) : value;
}

function json(type: string, read: () => unknown): unknown {
  try {
    return read();
  } catch (cause) {
    throw new ArgumentError("bundle", `expected JSON text for ${type}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Turns a MIME bundle into what Jupyter's messages and notebooks hold: bytes as base64, JSON types as values.
 *
 * @param bundle text or bytes by MIME type; for JSON types their text or the value itself
 * @throws ArgumentError for an empty bundle, JSON text that is none, or a value that is neither text nor bytes
 */
export function bundleData(bundle: Readonly<Record<string, unknown>>): DisplayData {
  const entries = typeof bundle === "object" && bundle !== null ? Object.entries(bundle) : [];
  if (entries.length === 0) {
    throw new ArgumentError("bundle", "expected at least one MIME type with its content, but there is none");
  }
  return Object.fromEntries(entries.map(([type, value]) => [type, encode(type, value)]));
}
