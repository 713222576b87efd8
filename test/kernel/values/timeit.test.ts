import assert from "node:assert/strict";
import { ArgumentError } from "#dist/core/errors.js";
import { toDisplayData } from "#dist/kernel/values/display-data.js";
import { timeit, timingText } from "#dist/kernel/values/timeit.js";

const options = { repeats: 3, loops: 2 };

describe("timeit(fn)", () => {
  it("calls fn in as many runs of as many calls as it is told, after calls that warm it up", async () => {
    let calls = 0;
    const timing = await timeit(() => calls++, { repeats: 3, loops: 1000 });
    assert.deepEqual([timing.repeats, timing.loops, timing.seconds.length], [3, 1000, 3]);
    assert.ok(calls > 3000);
  });

  it("gives seconds a call: mean, spread and extremes of its runs", async () => {
    const { seconds, mean, std, min, median, max } = await timeit(() => Math.sqrt(2), { ...options, repeats: 4 });
    const sorted = seconds.toSorted((a, b) => a - b);
    const average = seconds.reduce((sum, s) => sum + s, 0) / 4;
    assert.deepEqual([min, max], [sorted[0], sorted[3]]);
    assert.equal(mean, average);
    assert.equal(median, (sorted[1]! + sorted[2]!) / 2);
    assert.equal(std, Math.sqrt(seconds.reduce((sum, s) => sum + (s - average) ** 2, 0) / 4));
  });

  it("awaits each call of a function that gives promises, so that they count and never overlap", async () => {
    let [running, most] = [0, 0];
    const { min } = await timeit(async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running--;
    }, options);
    assert.equal(most, 1);
    assert.ok(min > 0.015, `${min} s`);
  });

  it("chooses runs of at least 0.2 s, with a round number of calls", async () => {
    const start = performance.now();
    const spin = (): void => {
      const until = performance.now() + 5;
      while (performance.now() < until);
    };
    const { loops } = await timeit(spin, { repeats: 1 });
    assert.match(String(loops), /^[125]0*$/);
    assert.ok(loops <= 50, "so many calls of 5 ms are enough");
    assert.ok(performance.now() - start > 400, "once to choose, once to measure");
  });

  it("lets the event loop turn between runs", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    try {
      const spin = (): void => {
        const until = performance.now() + 20;
        while (performance.now() < until);
      };
      await timeit(spin, { repeats: 4, loops: 1 });
      assert.ok(turns >= 2, `${turns} turns`);
    } finally {
      clearInterval(timer);
    }
  });

  it("passes on what fn throws, and rejects with", async () => {
    const wrong = new RangeError("on purpose");
    await assert.rejects(
      timeit(() => {
        throw wrong;
      }),
      wrong,
    );
    await assert.rejects(
      timeit(() => Promise.reject(wrong)),
      wrong,
    );
  });

  it("refuses what is no function, and numbers of runs and calls that are none", async () => {
    await assert.rejects(timeit(3 as never), /takes the function to call, not number: write timeit\(\(\) => …\)/);
    for (const wrong of [0, -1, 1.5, Number.NaN, "7"]) {
      await assert.rejects(
        timeit(() => 1, { repeats: wrong as never }),
        ArgumentError,
      );
      await assert.rejects(
        timeit(() => 1, { loops: wrong as never }),
        ArgumentError,
      );
    }
  });

  it("shows as one line", async () => {
    const timing = await timeit(() => 1, options);
    assert.deepEqual(toDisplayData(timing), { "text/plain": timingText(timing) });
    assert.deepEqual(Object.keys(timing), ["mean", "std", "min", "median", "max", "loops", "repeats", "seconds"]);
  });
});

describe("timingText(timing)", () => {
  const cases: [mean: number, std: number, expected: string][] = [
    [1.234e-3, 4e-5, "1.23 ms ± 0.04 ms"],
    [12.34, 1, "12.3 s ± 1.0 s"],
    [4.2e-10, 0, "0.42 ns ± 0.00 ns"],
    [9.999e-4, 1e-6, "1.00 ms ± 0.00 ms"],
    [123.4e-6, 2.5e-6, "123 µs ± 3 µs"],
  ];
  for (const [mean, std, expected] of cases) {
    it(`writes ${mean} s and ${std} s as ${expected}`, () => {
      const timing = { mean, std, min: mean, median: mean, max: mean, loops: 1, repeats: 7, seconds: [] };
      assert.equal(timingText(timing), `${expected} (mean ± std of 7 runs, 1 loop each)`);
    });
  }
});
