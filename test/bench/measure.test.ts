import assert from "node:assert/strict";
import { compareTimes } from "#dist/bench/measure.js";

describe("compareTimes", () => {
  /** work that takes the given times one after the other, by its own account */
  function work(name: string, times: number[], order: string[]): () => Promise<number> {
    return async () => {
      order.push(name);
      return times.shift()!;
    };
  }

  it("takes the median of the pairs' ratios, not the ratio of the medians, and leaves out the first pair", async () => {
    const order: string[] = [];
    const ours = work("ours", [1000, 1, 2, 6], order);
    const peer = work("peer", [1, 8, 3, 12], order);
    assert.deepEqual(await compareTimes(ours, peer, { pairs: 3 }), { ratio: 2, ours: 2, peer: 8 });
    assert.equal(order.join(" "), "ours peer ".repeat(4).trim());
  });

  it("passes on what goes wrong in either", async () => {
    const fine = async () => 1;
    const broken = () => Promise.reject(new Error("broken"));
    await assert.rejects(compareTimes(fine, broken), /broken/);
    await assert.rejects(compareTimes(broken, fine), /broken/);
  });
});
