import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { expandShorthand, type TypeScript } from "#dist/kernel/shorthand.js";

const require = createRequire(import.meta.url);
const ts: TypeScript = createRequire(require.resolve("tslab/dist/converter.js"))("@tslab/typescript-for-tslab");

describe("expandShorthand", () => {
  it("writes short properties out and leaves everything else as it is", () => {
    assert.equal(
      expandShorthand(ts, "f({ a, b: 1, c });\ng({\n  d,\n});"),
      "f({ a: a, b: 1, c: c });\ng({\n  d: d,\n});",
    );
    for (const cell of [
      "const { a, b: c } = await f();",
      "({ a = 1 } = x);",
      'import { show } from "patchlab";',
      "export { a };",
      "const s = `{ a }`; // { b }",
      "{ a }",
    ])
      assert.equal(expandShorthand(ts, cell), cell);
  });

  it("keeps a cell that does not parse, for the compiler to complain about", () => {
    assert.equal(expandShorthand(ts, "f({ a"), "f({ a: a");
    assert.equal(expandShorthand(ts, "let ="), "let =");
  });
});
