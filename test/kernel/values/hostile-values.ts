/** Values that do something unkind when they are looked at; made anew each time, since looking may change them. */
import { inspect } from "node:util";

/** Text that would end a tag, an attribute or an element. */
export const markup = `<x-evil onclick="&'></pre></td>`;

export const longText: string = markup.repeat(10_000);

const display: symbol = Symbol.for("Jupyter.display");

function raise(): never {
  throw new Error("looked at");
}

const throwingTraps = new Proxy({}, { get: () => raise });

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

/** Answers every question with itself. */
function universal(): unknown {
  const proxy: unknown = new Proxy(() => undefined, { get: () => proxy, has: () => true, apply: () => proxy });
  return proxy;
}

function errorWith(properties: PropertyDescriptorMap): Error {
  return Object.defineProperties(new Error("plain"), properties);
}

function selfish(): object {
  const error = new Error("cyclic");
  return Object.assign(error, { cause: error, errors: [error, error] });
}

function cyclic(): object {
  const record: Record<string, unknown> = {};
  return Object.assign(record, { record, list: [record, record] });
}

const start = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

export const hostileValues: readonly (() => unknown)[] = [
  () => new Proxy({}, throwingTraps),
  () => new Proxy([], throwingTraps),
  () => new Proxy(raise, throwingTraps),
  universal,
  () => revoked({}),
  () => revoked([]),
  () => ({
    get data(): never {
      return raise();
    },
    rows: 1,
    cols: 1,
  }),
  () => Object.defineProperty({}, Symbol.toStringTag, { get: raise }),
  () => ({ [inspect.custom]: raise }),
  () => ({ [inspect.custom]: () => "x".repeat(1e6) }),
  () => ({ [inspect.custom]: () => 3 }),
  () => ({ [display]: 3 }),
  () => Object.defineProperty({}, display, { get: raise }),
  () => ({ [display]: raise }),
  () => ({ [display]: () => "text" }),
  () => ({ [display]: () => ({ "text/plain": 3 }) }),
  () => ({ [display]: () => ({ [markup]: markup }) }),
  () => ({ [display]: () => new Proxy({}, throwingTraps) }),
  () => ({ [display]: async () => raise() }),
  // biome-ignore lint/suspicious/noThenProperty: it is the unkind thing to do
  () => ({ [display]: () => Object.defineProperty({}, "then", { get: raise }) }),
  () => errorWith({ stack: { get: raise } }),
  () => errorWith({ message: { get: raise }, name: { value: Symbol("name") } }),
  () => errorWith({ cause: { value: new Proxy({}, throwingTraps) }, [markup]: { value: markup, enumerable: true } }),
  selfish,
  cyclic,
  () => ({ rows: 2, cols: 2, data: [1, 2, 3, {}] }),
  () => ({ rows: 1e9, cols: 0, data: [] }),
  () => ({ rows: 0, cols: 1e9, data: [] }),
  () => ({ dims: [1e9, 1e9, 0], data: new Float32Array() }),
  () => ({ dims: [], data: [1] }),
  () => ({ shape: [2, 2], strides: [1e9, -1], data: [1, 2, 3, 4] }),
  () => ({ width: 1, height: 1, data: new Uint8Array(3), channels: 4 }),
  () => ({ name: markup, source: "/dev/zero", width: 1, height: 1 }),
  () => ({ name: markup, source: "\0", width: 1, height: 1 }),
  () => start("\x89PNG\r\n\x1a\n1234"),
  () => start(`\xff\xd8\xff\xe0${"\0".repeat(20)}`),
  () => start("RIFF1234WEBPVP8L"),
  () => [{ [markup]: markup }, { [markup]: markup }],
  () => new Map([[markup, { [markup]: markup }]]),
  () => ({ [markup]: [markup, markup, markup, markup], b: [1, 2, 3, 4] }),
  () => longText,
  () => `${markup}\n`.repeat(1_000),
  () => [
    {
      get a(): never {
        return raise();
      },
    },
    { a: 2 },
  ],
  () => Array(1e9),
  () => Object.defineProperty(() => undefined, "name", { get: raise }),
  () => Object.assign(() => undefined, { toString: raise }),
  () => class extends (null as unknown as new () => object) {},
  () => "\ud800".repeat(100_005),
  () => Array.from({ length: 50 }, () => Array.from({ length: 50 }, () => Array(50).fill({ a: { b: 1 } }))),
  () => Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`key ${i}`, i])),
  () => globalThis,
];

/** The places in which a value is met. */
export const wrappings: readonly ((value: unknown) => unknown)[] = [
  (value) => value,
  (value) => [value, value],
  (value) => ({ a: value, b: value }),
  (value) => [{ a: value }, { a: value }],
  (value) => new Map([["a", value]]),
  (value) => ({ data: value, rows: 1, cols: 1 }),
  (value) => ({ data: value, width: 1, height: 1 }),
  (value) => ({ data: [1], dims: value }),
  (value) => ({ data: value, info: value }),
  (value) => ({ name: "a", source: value, width: 1, height: 1 }),
  (value) => ({ "text/plain": value }),
  (value) => ({ "application/json": value }),
  (value) => ({ [display]: () => value }),
  (value) => Object.assign(new Error("a"), { value }),
  (value) => new Error("a", { cause: value }),
  (value) => new AggregateError([value], "a"),
];
