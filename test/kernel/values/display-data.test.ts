import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import fc from "fast-check";
import { toDisplayData } from "#dist/kernel/values/display-data.js";
import { hostileValues, longText, markup, wrappings } from "./hostile-values.js";

const display = Symbol.for("Jupyter.display");

function text(value: unknown, signature?: string): unknown {
  const data = toDisplayData(value, signature === undefined ? {} : { signature });
  return (data as Record<string, unknown>)["text/plain"];
}

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withSparseArray: true,
  withNullPrototype: true,
  key: fc.oneof(
    fc.string(),
    fc.constantFrom(markup, "data", "rows", "cols", "dims", "shape", "width", "height", "text/plain", "then"),
  ),
  values: [fc.integer(), fc.double(), fc.string(), fc.boolean(), fc.constantFrom(null, undefined, markup)],
});

const hostile = fc.tuple(fc.nat(hostileValues.length - 1), fc.nat(wrappings.length - 1)).map(([i, j]) => ({
  make: () => wrappings[j]!(hostileValues[i]!()),
  toString: () => `${wrappings[j]}(${hostileValues[i]})`,
}));

async function assertBounded(value: unknown): Promise<void> {
  const data = await toDisplayData(value);
  if (data === undefined) return;
  // JSON is only shown where somebody gives it, as large as it is given
  const { "application/json": _json, ...bounded } = data;
  assert.ok(JSON.stringify(bounded).length < 1_500_000, "an output stays below 1.5 MB");
  const text = data["text/plain"];
  // as the text of somebody's own bundle it is kept
  if (typeof text === "string" && text !== longText) assert.ok(text.length < 100_100);
  assert.doesNotMatch(String(data["text/html"] ?? ""), /<x-evil/);
}

describe("toDisplayData(value)", () => {
  it("neither throws nor grows without end, whatever the value, and escapes what is the user's in HTML", async () => {
    await fc.assert(fc.asyncProperty(anything, assertBounded), { numRuns: 500 });
  });

  it("survives values that throw, lie, refer to themselves or are huge, wherever they are met", async () => {
    for (const make of hostileValues) await assertBounded(make());
    await fc.assert(
      fc.asyncProperty(hostile, ({ make }) => assertBounded(make())),
      { numRuns: 500 },
    );
  });

  it("shows nothing for undefined", () => {
    assert.equal(toDisplayData(undefined), undefined);
  });

  it("shows text without quotes, except none at all, and other values as Node's console does", () => {
    assert.deepEqual(toDisplayData("it's"), { "text/plain": "it's" });
    assert.deepEqual(toDisplayData(""), { "text/plain": "''" });
    const cases: [unknown, string][] = [
      [0, "0"],
      [-0, "-0"],
      [12n, "12n"],
      [true, "true"],
      [null, "null"],
      [Symbol("s"), "Symbol(s)"],
      [/a+/g, "/a+/g"],
      [new Date(0), "1970-01-01T00:00:00.000Z"],
      [[1, 2], "[ 1, 2 ]"],
      [new Set(["a"]), "Set(1) { 'a' }"],
      [new Map([[1, 2]]), "Map(1) { 1 => 2 }"],
      [Promise.resolve(1), "Promise { 1 }"],
      [Buffer.from("hello"), "<Buffer 68 65 6c 6c 6f>"],
      [{ a: { b: { c: { d: { e: 1 } } } } }, "{\n  a: {\n    b: { c: { d: { e: 1 } } }\n  }\n}"],
    ];
    for (const [value, expected] of cases) assert.deepEqual(toDisplayData(value), { "text/plain": expected });
  });

  it("shows promises alike where Node follows asynchronous work", async () => {
    const storage = new AsyncLocalStorage();
    const shown = storage.run({ deep: 1 }, () =>
      [Promise.resolve(1), [Promise.resolve("a"), 2]].map((value) => toDisplayData(value)),
    );
    assert.deepEqual(shown, [{ "text/plain": "Promise { 1 }" }, { "text/plain": "[ Promise { 'a' }, 2 ]" }]);
    storage.disable();
  });

  it("gives a bundle as it is, its bytes as base64", () => {
    const bundle = { "text/html": "<b>a</b>", "image/png": Uint8Array.of(1), "text/plain": "a" };
    assert.deepEqual(toDisplayData(bundle), { "text/html": "<b>a</b>", "image/png": "AQ==", "text/plain": "a" });
  });

  it("says how much of a long text and of a record with many keys is left out", () => {
    assert.match(String(text("a".repeat(100_001))), /^a{100000}\n… 1 more character of 100,001$/);
    const keys = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${i}`, i]));
    assert.match(String(text(keys)), /k199: 199\n}\n… 4,800 more keys$/);
  });

  it("does not cut a character in half", () => {
    assert.match(String(text(`${"a".repeat(99_999)}😀b`)), /a\n… 3 more characters of 100,002$/);
  });

  describe("of an object with a Symbol.for('Jupyter.display') method", () => {
    it("shows what the method gives, at once or as a promise, and nothing for an empty bundle", async () => {
      const data = { "text/plain": "own" };
      assert.deepEqual(toDisplayData({ [display]: () => data }), data);
      assert.deepEqual(toDisplayData(Object.assign(() => undefined, { [display]: () => data })), data);
      assert.deepEqual(await toDisplayData({ [display]: async () => ({ "image/png": Uint8Array.of(1) }) }), {
        "image/png": "AQ==",
      });
      assert.equal(toDisplayData({ [display]: () => ({}) }), undefined);
      assert.equal(await toDisplayData({ [display]: async () => undefined }), undefined);
    });

    it("shows the object plainly where the method gives no bundle, and says so where it fails", async () => {
      assert.match(String(text({ a: 1, [display]: () => "text" })), /a: 1/);
      const failing = (): never => {
        throw new TypeError("no figure");
      };
      assert.match(String(text({ a: 1, [display]: failing })), /a: 1[\s\S]*method failed: TypeError: no figure\)$/);
      const later = (await toDisplayData({ a: 1, [display]: async () => failing() })) as Record<string, string>;
      assert.match(later["text/plain"]!, /a: 1[\s\S]*method failed: TypeError: no figure\)$/);
    });
  });

  it("shows an error that was not thrown as Node does, or with the cells' lines where it knows them", () => {
    const error = new RangeError("here");
    error.stack = "RangeError: here\n    at inner (cell [2]:1:7)\n    at node:internal/x:1:1";
    assert.match(String(text(error)), /^RangeError: here\n {4}at inner/);
    const context = { folder: "/", sourceOf: (script: string) => (script === "cell [2]" ? "throw error" : undefined) };
    assert.deepEqual(toDisplayData(error, { context }), {
      "text/plain": "RangeError: here\n    at inner (cell [2]:1:7)\n\n> 1 | throw error\n    |       ^",
    });
  });

  it("writes the signature of a function that the compiler knows", () => {
    assert.equal(
      text(function inner() {}, "inner(a: number): void"),
      "function inner(a: number): void",
    );
    assert.equal(
      text(async () => 1, "(): Promise<number>"),
      "async function(): Promise<number>",
    );
  });
});
