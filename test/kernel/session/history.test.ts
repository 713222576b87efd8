import assert from "node:assert/strict";
import fc from "fast-check";
import { History } from "#dist/kernel/session/history.js";

describe("History", () => {
  const history = new History();
  history.add(1, "let a = 1");
  history.add(2, "a", "1");
  history.add(3, "let b = 2\nb", "2");
  history.add(4, "a", "1");
  const lines = (request: Parameters<History["find"]>[0]): number[] => history.find(request).map(([, line]) => line);
  const search = (pattern: string, more = {}): number[] =>
    lines({ hist_access_type: "search", output: false, pattern, ...more });
  const range = (more: object): number[] => lines({ hist_access_type: "range", output: false, ...more });

  it("gives the last cells, oldest first", () => {
    const tail = history.find({ hist_access_type: "tail", output: false, n: 2 });
    assert.deepEqual(tail, [
      [0, 3, "let b = 2\nb"],
      [0, 4, "a"],
    ]);
    assert.deepEqual(lines({ hist_access_type: "tail", output: false, n: 0 }), []);
    assert.deepEqual(lines({ hist_access_type: "tail", output: false }), [1, 2, 3, 4]);
  });

  it("gives results beside the sources where they are asked for", () => {
    const tail = history.find({ hist_access_type: "range", output: true, start: 1, stop: 3 });
    assert.deepEqual(tail, [
      [0, 1, ["let a = 1", null]],
      [0, 2, ["a", "1"]],
    ]);
  });

  it("gives ranges of the session that runs, and nothing of others", () => {
    assert.deepEqual(range({ session: 0, start: 2, stop: 4 }), [2, 3]);
    assert.deepEqual(range({ start: 3 }), [3, 4]);
    assert.deepEqual(range({ start: -2, stop: null }), [3, 4]);
    assert.deepEqual(range({ start: 1, stop: -1 }), [1, 2, 3]);
    assert.deepEqual(range({ session: -1, start: 0 }), []);
  });

  it("searches by patterns that match whole sources", () => {
    assert.deepEqual(search("a"), [2, 4]);
    assert.deepEqual(search("let*"), [1, 3]);
    assert.deepEqual(search("let ? = *"), [1, 3]);
    assert.deepEqual(search("let [^a]*"), [3]);
    assert.deepEqual(search("let [a-b] = [0-9]"), [1]);
    assert.deepEqual(search("let"), []);
    assert.deepEqual(search("[z-a]"), []);
  });

  it("leaves equal sources out where each is wanted once, and cuts to the last", () => {
    assert.deepEqual(search("*", { unique: true }), [1, 3, 4]);
    assert.deepEqual(search("*", { n: 3 }), [2, 3, 4]);
    assert.deepEqual(search("*", { unique: true, n: 2 }), [3, 4]);
  });

  it("finds a source by itself where it holds nothing that stands for something else, and never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (source) => {
        const alone = new History();
        alone.add(1, source);
        const found = alone.find({ hist_access_type: "search", output: false, pattern: source });
        if (!/[*?[]/.test(source)) assert.equal(found.length, 1);
      }),
    );
  });

  it("forgets the oldest of more than 10,000 cells", () => {
    const long = new History();
    for (let line = 1; line <= 10_001; line++) long.add(line, "x");
    const all = long.find({ hist_access_type: "search", output: false });
    assert.deepEqual([all.length, all[0]?.[1]], [10_000, 2]);
  });
});
