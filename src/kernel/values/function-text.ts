/** Functions and classes as their declarations. */
import { types } from "node:util";
import { cutLine } from "./limits.js";

const mostCharacters = 1_000;

/**
 * A function as its signature, a class as `class X extends Y`. Never throws.
 *
 * @param signature name, parameters and types, where the compiler knows them @default name and parameters from the source
 */
export function functionText(value: unknown, signature?: string): string {
  try {
    const text = signature ? withKind(value, signature) : fromSource(value as (...args: unknown[]) => unknown);
    return cutLine(text, mostCharacters);
  } catch {
    return "function";
  }
}

function fromSource(value: (...args: unknown[]) => unknown): string {
  const source = Function.prototype.toString.call(value);
  const name = ownName(value);
  if (/^class\b/.test(source)) return classText(value, name);
  const parameters = source.endsWith("[native code] }") ? "…" : parametersOf(source);
  return `${kindOf(value)}${name === "" ? "" : ` ${name}`}(${parameters})`;
}

function withKind(value: unknown, signature: string): string {
  return `${kindOf(value)}${/^[(<]/.test(signature) ? "" : " "}${signature}`;
}

function kindOf(value: unknown): string {
  const start = types.isAsyncFunction(value) ? "async function" : "function";
  return types.isGeneratorFunction(value) ? `${start}*` : start;
}

function ownName(value: object): string {
  const name: unknown = types.isProxy(value) ? "" : Object.getOwnPropertyDescriptor(value, "name")?.value;
  return typeof name === "string" ? name : "";
}

function classText(value: object, name: string): string {
  const parent: unknown = Object.getPrototypeOf(value);
  const parentName = typeof parent === "function" && parent !== Function.prototype ? ownName(parent) : undefined;
  const extension = parentName === undefined ? "" : ` extends ${parentName || "(anonymous class)"}`;
  return `class${name === "" ? "" : ` ${name}`}${extension}`;
}

/** What stands between the brackets of the parameters, in one line. */
function parametersOf(source: string): string {
  const single = /^(?:async\s+)?([\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*)\s*=>/u.exec(source);
  if (single) return single[1]!;
  const start = openingBracket(source);
  return start < 0
    ? "…"
    : source
        .slice(start + 1, closingBracket(source, start))
        .replace(/\s+/g, " ")
        .trim()
        .replace(/,$/, "");
}

/** The bracket of the parameters; a computed name such as `[key(1)]` may have some before it. */
function openingBracket(source: string): number {
  let depth = 0;
  for (let i = 0; i < source.length; i = afterToken(source, i)) {
    if (source[i] === "[") depth++;
    else if (source[i] === "]") depth--;
    else if (source[i] === "(" && depth === 0) return i;
  }
  return -1;
}

function closingBracket(source: string, start: number): number {
  let depth = 0;
  for (let i = start; i < source.length; i = afterToken(source, i)) {
    if ("([{".includes(source[i]!)) depth++;
    else if (")]}".includes(source[i]!) && --depth === 0) return i;
  }
  return source.length;
}

const comment = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const literal = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`/y;

/** The place after the comment, literal or character at `i`. */
function afterToken(source: string, i: number): number {
  for (const pattern of [comment, literal]) {
    pattern.lastIndex = i;
    const found = pattern.exec(source);
    if (found) return i + found[0].length;
  }
  return i + 1;
}
