import assert from "node:assert/strict";
import { axisOf } from "#dist/widgets/axis.js";
import { lineChart } from "#dist/widgets/line-chart.js";

const axes = { x: { label: "ms a query", scale: "log" }, y: { label: "recall@10" } } as const;

describe("axisOf", () => {
  it("begins and ends at round numbers around all values, with four to nine ticks", () => {
    for (const [low, high] of [
      [0, 1],
      [0.83, 0.997],
      [-3, 7],
      [12, 12],
      [0, 0],
      [1e-7, 3e-7],
      [1, 123_456],
    ]) {
      const { place, ticks } = axisOf([low, high], "linear");
      assert.ok(place(low) >= -1e-6 && place(high) <= 1 + 1e-6 && place(low) <= place(high), `${low} to ${high}`);
      assert.ok(ticks.length >= 2 && ticks.length <= 9, `${ticks.length} ticks from ${low} to ${high}`);
      assert.deepEqual([ticks[0].at, ticks.at(-1)!.at], [0, 1]);
      assert.equal(new Set(ticks.map(({ text }) => text)).size, ticks.length);
    }
    assert.deepEqual(
      axisOf([0.92, 1], "linear").ticks.map(({ text }) => text),
      ["0.92", "0.94", "0.96", "0.98", "1.00"],
    );
  });

  it("gives a factor of ten the same room everywhere on a logarithmic axis", () => {
    const { place, ticks } = axisOf([0.02, 700], "log");
    assert.ok(Math.abs(place(1) - place(0.1) - (place(100) - place(10))) < 1e-9);
    assert.deepEqual(
      ticks.map(({ text }) => text),
      ["0.01", "0.1", "1", "10", "100", "1,000"],
    );
    assert.deepEqual(
      axisOf([3, 40], "log").ticks.map(({ text }) => text),
      ["2", "5", "10", "20", "50"],
    );
  });
});

describe("lineChart", () => {
  it("draws a mark a point with its label, joins each series, and says all of it as text", async () => {
    const series = [
      {
        name: "HNSW",
        points: [
          { x: 0.1, y: 0.9, label: "ef 16" },
          { x: 0.4, y: 0.99, label: "ef 64 & <more>" },
        ],
      },
      { name: "exact", points: [{ x: 6, y: 1 }] },
    ];
    const bundle = await lineChart(series, { ...axes, title: "Recall" });
    const html = bundle["text/html"];
    assert.equal(html.match(/<title>/g)?.length, 3);
    assert.match(html, /<title>HNSW, ef 16: 0\.1, 0\.9<\/title>/);
    assert.match(html, /ef 64 &amp; &lt;more&gt;/);
    assert.match(bundle["text/plain"], /HNSW\n {2}ef 16 {2}ms a query 0\.1 {2}recall@10 0\.9/);
    assert.ok(Buffer.from(bundle["image/png"], "base64").length > 4000);
  });

  it("draws bands from the lows to the highs, and puts ticks where they are wanted", async () => {
    const points = [1, 5, 20].map((x, i) => ({ x, y: 0.5 + i / 10, low: 0.4 + i / 10, high: 0.7 + i / 10 }));
    const bundle = await lineChart([{ name: "one", points }], {
      x: { label: "n", scale: "log", ticks: [1, 5, 20], text: (n) => `${n} each` },
      y: { label: "share", reach: [0] },
      names: "ends",
    });
    const html = bundle["text/html"].split("<!--patchlab:shared-->")[0];
    assert.deepEqual(
      [...html.matchAll(/>(\d+) each</g)].map(([, tick]) => tick),
      ["1", "5", "20"],
    );
    const band =
      /<path d="M([^"]*)z" fill="[^"]*" fill-opacity="\.16"/
        .exec(html)?.[1]
        .split("L")
        .map((at) => at.split(" ").map(Number)) ?? [];
    assert.equal(band.length, 6);
    // forth along the lows, back along the highs, which lie higher and so have smaller numbers
    assert.deepEqual(
      band.map(([x]) => x).slice(3),
      band
        .map(([x]) => x)
        .slice(0, 3)
        .reverse(),
    );
    for (let i = 0; i < 3; i++) assert.ok(band[i][1] > band[5 - i][1]);
    assert.match(html, />0\.0<\/text>/);
  });

  it("parts the names of curves that end at the same place", async () => {
    const ends = ["a", "b", "c", "d"].map((name) => ({
      name,
      points: [
        { x: 1, y: 1 },
        { x: 2, y: 0 },
      ],
    }));
    const html = (await lineChart(ends, { x: { label: "x" }, y: { label: "y" }, names: "ends" }))["text/html"];
    const places = [...html.matchAll(/y="([\d.]+)"[^>]*>[abcd]<\/text>/g)].map(([, y]) => Number(y));
    assert.equal(places.length, 4);
    for (let i = 1; i < 4; i++) assert.ok(places[i] - places[i - 1] >= 14);
    assert.ok(places[3] < 310);
  });

  it("refuses no points, numbers that are none, and 0 on a logarithmic axis", async () => {
    const chart = (x: number, y: number) => lineChart([{ name: "a", points: [{ x, y }] }], axes);
    await assert.rejects(lineChart([], axes), { name: "ArgumentError", argument: "series" });
    await assert.rejects(chart(1, Number.NaN), /have NaN as y/);
    await assert.rejects(chart(0, 1), /have 0 as x, which the log axis has no place for/);
  });
});
