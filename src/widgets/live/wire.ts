/** Widget state on its way over a comm: JSON, with the bytes of typed arrays beside it and the places they came from. */
import { ArgumentError } from "../../core/errors.js";

/** What a widget's state can hold: JSON and typed arrays. */
export type WidgetValue =
  | null
  | boolean
  | number
  | string
  | ArrayBufferView
  | readonly WidgetValue[]
  | { readonly [name: string]: WidgetValue };

/** State of a message, as Jupyter's widgets know it. */
export interface PackedState {
  /** without the typed arrays: null in lists, missing in records */
  state: Record<string, unknown>;
  /** where each of `buffers` belongs */
  buffer_paths: (string | number)[][];
  buffers: Uint8Array[];
}

/**
 * Takes the typed arrays out of a state. Their bytes are copied, so that what was sent stays as it was.
 *
 * @param name what errors call the state
 * @throws ArgumentError naming the place of a value that neither JSON nor bytes can hold
 */
export function packState(state: Readonly<Record<string, unknown>>, name = "state"): PackedState {
  const buffer_paths: (string | number)[][] = [];
  const buffers: Uint8Array[] = [];
  const above = new Set<object>();
  const pack = (value: unknown, path: readonly (string | number)[]): unknown => {
    if (ArrayBuffer.isView(value)) {
      buffer_paths.push([...path]);
      buffers.push(bytesOf(value));
      return undefined;
    }
    if (!isContainer(value)) return checkedScalar(value, [name, ...path]);
    if (above.has(value)) throw new ArgumentError([name, ...path].join("."), "contains itself: give JSON values");
    above.add(value);
    const packed = Array.isArray(value)
      ? value.map((item, i) => pack(item, [...path, i]) ?? null)
      : Object.fromEntries(
          Object.entries(value)
            .map(([key, item]) => [key, pack(item, [...path, key])] as const)
            .filter(([, item]) => item !== undefined),
        );
    above.delete(value);
    return packed;
  };
  return { state: pack(state, []) as Record<string, unknown>, buffer_paths, buffers };
}

/**
 * Puts bytes back where they belong. The state is changed.
 *
 * @throws ArgumentError when a path leads nowhere
 */
export function unpackState(
  state: Record<string, unknown>,
  paths: readonly unknown[] = [],
  buffers: readonly Uint8Array[] = [],
): Record<string, unknown> {
  if (!Array.isArray(paths)) throw new ArgumentError("buffer_paths", "are no list of places for bytes");
  paths.forEach((path, i) => {
    const buffer = buffers[i];
    const keys = Array.isArray(path) ? path : [];
    const last: unknown = keys.at(-1);
    const holder = keys
      .slice(0, -1)
      .reduce<unknown>((place, key) => (owns(place, key) ? place[key] : undefined), state);
    if (!buffer || !isContainer(holder) || last === undefined || last === "__proto__")
      throw new ArgumentError(
        "buffer_paths",
        `name ${JSON.stringify(path)}, where the message holds no place for bytes`,
      );
    (holder as Record<string, unknown>)[String(last)] = buffer;
  });
  return state;
}

/**
 * A received value with bytes as the kind of array that was there before, so that state keeps its types.
 *
 * @throws ArgumentError when the bytes are no whole number of that array's elements
 */
export function shapedLike(before: unknown, received: unknown, name: string): unknown {
  if (received instanceof Uint8Array) return ArrayBuffer.isView(before) ? retyped(before, received, name) : received;
  if (!isContainer(received) || !isContainer(before)) return received;
  for (const key of Object.keys(received)) {
    const known = received as Record<string, unknown>;
    if (owns(before, key)) known[key] = shapedLike(before[key], known[key], `${name}.${key}`);
  }
  return received;
}

function retyped(before: ArrayBufferView, bytes: Uint8Array, name: string): ArrayBufferView {
  const own = bytesOf(bytes);
  if (Buffer.isBuffer(before)) return Buffer.from(own.buffer);
  const Kind = before.constructor as new (buffer: ArrayBufferLike) => ArrayBufferView;
  const size = "BYTES_PER_ELEMENT" in before ? (before.BYTES_PER_ELEMENT as number) : 1;
  if (own.length % size !== 0)
    throw new ArgumentError(
      name,
      `came with ${own.length} bytes, no whole number of ${Kind.name}'s ${size}-byte elements`,
    );
  return new Kind(own.buffer);
}

/** A copy of an array's own bytes. */
export function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
}

function isContainer(value: unknown): value is object {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function owns(place: unknown, key: unknown): place is Record<string, unknown> {
  return isContainer(place) && Object.hasOwn(place, key as PropertyKey);
}

function checkedScalar(value: unknown, path: readonly (string | number)[]): unknown {
  const fits = value === null || ["boolean", "string"].includes(typeof value) || Number.isFinite(value);
  if (fits) return value;
  const what = typeof value === "function" ? "a function" : typeof value === "object" ? kindOf(value) : String(value);
  throw new ArgumentError(path.join("."), `is ${what}: give JSON values or typed arrays`);
}

function kindOf(value: object | null): string {
  return `a ${value?.constructor?.name ?? "record of another kind"}`;
}
