/** Any value as text, whatever it does when it is looked at. */
import { type InspectOptions, inspect, types } from "node:util";
import { counted, cutText, mostEntries } from "./limits.js";

const mostItems = 100;
const fewItems = 24;
const mostKeys = 200;

/** How values read in notebooks. */
const look: InspectOptions = { maxStringLength: 1_000, breakLength: 80 };

/** The value as Node's console would print it, cut where it is long. Never throws. */
export function plainText(value: unknown): string {
  hideMarksIn(value);
  return cutText(unlimited(value));
}

function unlimited(value: unknown): string {
  if (typeof value !== "object" || value === null) return inspected(value, 0);
  // what a proxy stands for is only known to the inspection
  if (types.isProxy(value)) return inspected(value, 1, { maxArrayLength: fewItems });
  const options = { maxArrayLength: isList(value) ? mostItems : fewItems };
  const depth = affordableDepth(value, deepest(value));
  if (depth >= 0) return inspected(value, depth, options);
  const { part, missing } = firstKeys(value);
  return `${inspected(part, 0, options)}\n… ${counted(missing, "more key")}`;
}

function isList(value: object): boolean {
  return Array.isArray(value) || types.isMap(value) || types.isSet(value) || ArrayBuffer.isView(value);
}

/** Data is read deeper than Node's console would; of an instance, what lies deep is seldom its user's. */
function deepest(value: object): number {
  if (isList(value)) return 4;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype ? 4 : 2;
}

/** The value in one short line, such as a table's cell. */
export function inlineText(value: unknown, depth = 0): string {
  return inspected(value, depth, { maxArrayLength: 6, maxStringLength: 200, breakLength: Number.POSITIVE_INFINITY });
}

const markNames = new Set(["async_id_symbol", "trigger_async_id_symbol", "kResourceStore"]);

/** Where Node follows asynchronous work, as some packages ask it to, it marks each promise with what nobody reads. */
function hideMarks(value: unknown): void {
  if (!types.isPromise(value)) return;
  for (const symbol of Object.getOwnPropertySymbols(value)) {
    if (markNames.has(symbol.description ?? "") && Object.getOwnPropertyDescriptor(value, symbol)?.configurable)
      Object.defineProperty(value, symbol, { enumerable: false });
  }
}

/** Of a promise, or of those in a list; runs no code of the value's. */
function hideMarksIn(value: unknown): void {
  hideMarks(value);
  if (types.isProxy(value) || !Array.isArray(value)) return;
  for (let i = 0; i < Math.min(value.length, mostItems); i++)
    hideMarks(Object.getOwnPropertyDescriptor(value, i)?.value);
}

/** Inspection runs code of the value: its own inspect method, getters of its tag and its stack. */
function inspected(value: unknown, depth: number, options?: InspectOptions): string {
  const attempts = [
    () => inspect(value, { ...look, ...options, depth }),
    () => inspect(value, { ...look, ...options, depth, customInspect: false }),
    () => Object.prototype.toString.call(value),
  ];
  for (const attempt of attempts) {
    try {
      const text: unknown = attempt();
      if (typeof text === "string") return text;
    } catch {}
  }
  return "[object that cannot be read]";
}

/** The greatest depth up to `deepest` at which no more than the entries of `limits.ts` are written; -1 when the first is too much. */
function affordableDepth(value: object, deepest: number): number {
  const seen = new Set<unknown>([value]);
  let level: object[] = [value];
  let total = 0;
  for (let depth = 0; depth <= deepest; depth++) {
    const next: object[] = [];
    for (const parent of level) {
      const entries = entriesOf(parent);
      total += entries.length;
      if (total > mostEntries) return depth - 1;
      for (const entry of entries) {
        if (typeof entry !== "object" || entry === null || seen.has(entry)) continue;
        seen.add(entry);
        next.push(entry);
      }
    }
    level = next;
  }
  return deepest;
}

/** What inspection would write of a value, read without running any code of it. */
function entriesOf(value: object): unknown[] {
  if (types.isProxy(value)) return [];
  if (ArrayBuffer.isView(value)) return [];
  if (types.isMap(value)) return first(Map.prototype.entries.call(value)).flat();
  if (types.isSet(value)) return first(Set.prototype.values.call(value));
  const keys = Array.isArray(value)
    ? Array.from({ length: Math.min(value.length, mostItems) }, (_, i) => String(i))
    : Object.keys(value);
  if (keys.length > mostEntries) return keys;
  return keys.map((key) => Object.getOwnPropertyDescriptor(value, key)?.value);
}

function first<T>(items: Iterable<T>): T[] {
  const taken: T[] = [];
  for (const item of items) {
    if (taken.length >= mostItems) break;
    taken.push(item);
  }
  return taken;
}

/** The value with its first keys only, still of its own class. */
function firstKeys(value: object): { part: object; missing: number } {
  const keys = Object.keys(value);
  const part = Object.create(Object.getPrototypeOf(value)) as object;
  for (const key of keys.slice(0, mostKeys)) {
    Object.defineProperty(part, key, Object.getOwnPropertyDescriptor(value, key)!);
  }
  return { part, missing: keys.length - mostKeys };
}
