import assert from "node:assert/strict";
import { limitedComplaints } from "#dist/kernel/wire/complaints.js";

describe("limitedComplaints", () => {
  it("writes some, then counts the others and says how many there were", () => {
    const written: string[] = [];
    let time = 0;
    const complain = limitedComplaints((sentence) => written.push(sentence), {
      limit: 2,
      window: 100,
      now: () => time,
    });
    for (const sentence of ["a", "b", "c", "d", "e"]) complain(sentence);
    assert.deepEqual(written, ["a", "b"]);
    time = 99;
    complain("f");
    assert.deepEqual(written, ["a", "b"]);
    time = 100;
    complain("g");
    assert.deepEqual(written, ["a", "b", "4 more complaints of this kind were not written.", "g"]);
  });
});
