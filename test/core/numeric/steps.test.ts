import assert from "node:assert/strict";
import fc from "fast-check";
import { inTurns } from "#dist/core/numeric/in-turns.js";
import { finish, rowRanges, type Steps } from "#dist/core/numeric/steps.js";

function* sumTo(n: number): Steps<number> {
  let sum = 0;
  for (let i = 1; i <= n; i++) {
    sum += i;
    yield;
  }
  return sum;
}

/** Ends only when the event loop had a turn. */
function* untilTurn(): Steps<string> {
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  while (!turned) yield;
  return "turned";
}

describe("steps", () => {
  it("give the same result at once and in turns", async () => {
    assert.equal(finish(sumTo(1000)), 500_500);
    assert.equal(await inTurns(sumTo(1000)), 500_500);
  });

  it("in turns let the event loop run between them", async () => {
    assert.equal(await inTurns(untilTurn()), "turned");
  });

  it("in turns stop when their signal is aborted, before the first and in the middle", async () => {
    await assert.rejects(inTurns(sumTo(10), AbortSignal.abort()), { name: "AbortError" });
    const controller = new AbortController();
    setImmediate(() => controller.abort());
    await assert.rejects(inTurns(untilTurn(), controller.signal), { name: "AbortError" });
  });

  it("in turns reject with what a step throws", async () => {
    const failing = function* (): Steps<void> {
      yield;
      throw new RangeError("third");
    };
    await assert.rejects(inTurns(failing()), { name: "RangeError", message: "third" });
  });
});

describe("rowRanges(rows, workPerRow)", () => {
  it("covers every row once, in order, for any work", () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(2e6), (rows, work) => {
        let end = 0;
        for (const { from, to } of rowRanges(rows, work)) {
          assert.equal(from, end);
          assert.ok(to > from);
          end = to;
        }
        assert.equal(end, rows);
      }),
    );
  });
});
