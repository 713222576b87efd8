import assert from "node:assert/strict";
import { createOutputLimit } from "#dist/kernel/cells/output-limit.js";

describe("createOutputLimit(limit)", () => {
  it("lets everything through up to the limit, and says nothing then", () => {
    const limit = createOutputLimit(10);
    assert.deepEqual([limit.fit("12345"), limit.fit("67890"), limit.note()], ["12345", "67890", undefined]);
  });

  it("cuts the text that crosses the limit, drops what follows and says how much there was", () => {
    const limit = createOutputLimit(2_000_000);
    assert.equal(limit.fit("x".repeat(1_999_999)).length, 1_999_999);
    assert.deepEqual([limit.fit("abc"), limit.fit("d"), limit.fit("")], ["a", "", ""]);
    limit.fit("y".repeat(1_000_000));
    assert.match(limit.note()!, /printed 3\.0 million characters, of which the first 2\.0 million are shown/);
  });

  it("counts anew for the next run", () => {
    const limit = createOutputLimit(3);
    limit.fit("abcdef");
    limit.restart();
    assert.deepEqual([limit.fit("xyz"), limit.note()], ["xyz", undefined]);
  });
});
