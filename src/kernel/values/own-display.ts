/** Values that say themselves how they are shown: the method that Deno's notebooks know, `Symbol.for("Jupyter.display")`. */
import { types } from "node:util";
import type { DisplayData } from "../cells/messages.js";
import { bundleData, isMimeType } from "./bundle-data.js";
import { errorFacts } from "./error-facts.js";
import { cutLine } from "./limits.js";
import { inlineText } from "./plain-text.js";

export const displaySymbol: symbol = Symbol.for("Jupyter.display");

/** What the method gave: data, nothing to show, or a sentence that says why it failed. */
export type OwnDisplay = { readonly data: DisplayData } | { readonly nothing: true } | { readonly failure: string };

/**
 * Asks the value how it is shown. Never throws, and never rejects.
 *
 * @returns undefined where the value has no such method, or gives something else than a bundle
 */
export function ownDisplay(value: unknown): OwnDisplay | undefined | Promise<OwnDisplay | undefined> {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined;
  try {
    // a proxy that answers to any name with itself is not asked
    if (!(displaySymbol in value)) return undefined;
    const method: unknown = Reflect.get(value, displaySymbol);
    if (typeof method !== "function") return undefined;
    const given: unknown = Reflect.apply(method, value, []);
    return isThenable(given) ? Promise.resolve(given).then(fromGiven).catch(failed) : fromGiven(given);
  } catch (error) {
    return failed(error);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (types.isPromise(value)) return true;
  return typeof value === "object" && value !== null && !types.isProxy(value) && "then" in value;
}

function fromGiven(given: unknown): OwnDisplay | undefined {
  if (given === undefined || given === null) return { nothing: true };
  if (typeof given !== "object") return undefined;
  const keys = Object.keys(given);
  if (keys.length === 0) return { nothing: true };
  if (!keys.every(isMimeType)) return undefined;
  return { data: bundleData(given as Record<string, unknown>) };
}

function failed(error: unknown): OwnDisplay {
  return { failure: `(shown plainly, since its own Jupyter.display method failed: ${errorText(error)})` };
}

/** A thrown value in one line. */
export function errorText(error: unknown): string {
  const facts = errorFacts(error);
  return cutLine(facts ? `${facts.name}: ${facts.message}` : inlineText(error), 500);
}

/** The object itself, which shows nothing as a cell's last expression. */
export function hidden<T extends object>(value: T): T {
  return Object.defineProperty(value, displaySymbol, { value: () => ({}), enumerable: false });
}
