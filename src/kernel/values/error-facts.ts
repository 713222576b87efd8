/** What can be told of a thrown value, whatever it does when it is looked at. */
import { types } from "node:util";
import { inlineText } from "./plain-text.js";

export interface ErrorFacts {
  readonly name: string;
  readonly message: string;
  /** V8's text, empty where there is none */
  readonly stack: string;
  /** properties of its own, such as `code` and `path` */
  readonly properties: Readonly<Record<string, unknown>>;
  /** only where it has one */
  readonly cause?: unknown;
  /** of an AggregateError */
  readonly errors: readonly unknown[];
}

const told = new Set(["name", "message", "stack", "cause", "errors"]);
const mostProperties = 12;

/** The facts of an error; undefined for a thrown value that is none. */
export function errorFacts(thrown: unknown): ErrorFacts | undefined {
  if (!isError(thrown)) return undefined;
  const errors = read(thrown, "errors");
  const cause = read(thrown, "cause");
  return {
    name: nameOf(thrown),
    message: textOf(read(thrown, "message")),
    stack: textOf(read(thrown, "stack")),
    properties: propertiesOf(thrown),
    ...(cause === undefined ? {} : { cause }),
    errors: Array.isArray(errors) && !types.isProxy(errors) ? errors : [],
  };
}

function isError(value: unknown): value is object {
  if (types.isNativeError(value)) return true;
  if (typeof value !== "object" || value === null || types.isProxy(value)) return false;
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}

function read(value: object, key: string): unknown {
  try {
    return Reflect.get(value, key);
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined ? "" : inlineText(value);
}

/** A class that extends Error without a name of its own is known by the class. */
function nameOf(error: object): string {
  const name = textOf(read(error, "name"));
  if (name !== "Error" && name !== "") return name;
  const ownClass = read(error, "constructor");
  const className = typeof ownClass === "function" ? textOf(read(ownClass, "name")) : "";
  return className || name || "Error";
}

function propertiesOf(error: object): Record<string, unknown> {
  const keys = types.isProxy(error) ? [] : Object.keys(error).filter((key) => !told.has(key));
  const pairs = keys.slice(0, mostProperties).map((key) => [key, Object.getOwnPropertyDescriptor(error, key)?.value]);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined && typeof value !== "function"));
}
