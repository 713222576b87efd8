import assert from "node:assert/strict";
import fc from "fast-check";
import { ArgumentError } from "#dist/core/errors.js";
import { bundleData, isBundle } from "#dist/kernel/values/bundle-data.js";

describe("bundleData(bundle)", () => {
  it("turns bytes into base64 that decodes to the same bytes, views into a larger buffer too", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(20), (bytes, start) => {
        const view = bytes.subarray(start);
        const { "image/png": text } = bundleData({ "image/png": view });
        assert.deepEqual(new Uint8Array(Buffer.from(text as string, "base64")), new Uint8Array(view));
      }),
    );
  });

  it("gives JSON types as values, from their text or as they are, and other text as it is", () => {
    const vega = { mark: "point" };
    const plain = '{"a":1}';
    const expected = { "application/vnd.vega.v5+json": vega, "text/plain": plain };
    assert.deepEqual(
      bundleData({ "application/vnd.vega.v5+json": JSON.stringify(vega), "text/plain": plain }),
      expected,
    );
    assert.deepEqual(bundleData({ "application/vnd.vega.v5+json": vega, "text/plain": plain }), expected);
    assert.deepEqual(bundleData({ "application/json": null }), { "application/json": null });
  });

  it("refuses an empty bundle, JSON that is none, and values that are neither text nor bytes", () => {
    assert.throws(() => bundleData({}), ArgumentError);
    assert.throws(() => bundleData(undefined as never), ArgumentError);
    assert.throws(() => bundleData({ "application/json": "{" }), ArgumentError);
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    assert.throws(() => bundleData({ "application/json": cyclic }), ArgumentError);
    assert.throws(() => bundleData({ "text/plain": 3 }), /text\/plain, not number/);
  });
});

describe("isBundle(value)", () => {
  it("is true for records of text and bytes by MIME type, types of a front end's own beside known ones included", () => {
    assert.equal(isBundle({ "text/plain": "a" }), true);
    assert.equal(isBundle({ "image/png": new Uint8Array(1), "text/html": "b" }), true);
    assert.equal(isBundle({ "text/plain": "a", "text/x-own; charset=utf-8": "b" }), true);
    assert.equal(isBundle({ "application/vnd.vega.v5+json": { mark: "point" } }), true);
  });

  it("is false for other keys beside, for paths that look like types, and for values of another kind", () => {
    assert.equal(isBundle({}), false);
    assert.equal(isBundle({ "text/plain": "a", name: "b" }), false);
    assert.equal(isBundle({ "image/cat.png": "a" }), false);
    assert.equal(isBundle({ "text/plain": 3 }), false);
    assert.equal(isBundle({ "text/html": { a: 1 } }), false);
  });
});
