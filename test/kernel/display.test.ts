import assert from "node:assert/strict";
import fc from "fast-check";
import { ArgumentError } from "#dist/core/errors.js";
import { toDisplayData } from "#dist/kernel/display.js";

describe("toDisplayData(bundle)", () => {
  it("turns bytes into base64 that decodes to the same bytes, views into a larger buffer too", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(20), (bytes, start) => {
        const view = bytes.subarray(start);
        const { "image/png": text } = toDisplayData({ "image/png": view });
        assert.deepEqual(new Uint8Array(Buffer.from(text as string, "base64")), new Uint8Array(view));
      }),
    );
  });

  it("gives JSON types as values, since Jupyter keeps them so, and text as it is", () => {
    const vega = { mark: "point" };
    const bundle = { "application/vnd.vega.v5+json": JSON.stringify(vega), "text/plain": '{"a":1}' };
    assert.deepEqual(toDisplayData(bundle), { "application/vnd.vega.v5+json": vega, "text/plain": '{"a":1}' });
  });

  it("refuses an empty bundle, JSON that is none, and values that are neither text nor bytes", () => {
    assert.throws(() => toDisplayData({}), ArgumentError);
    assert.throws(() => toDisplayData(undefined as never), ArgumentError);
    assert.throws(() => toDisplayData({ "application/json": "{" }), ArgumentError);
    assert.throws(() => toDisplayData({ "text/plain": 3 as never }), /text\/plain, not number/);
  });
});
