import assert from "node:assert/strict";
import { classLabels } from "#dist/core/classify/class-labels.js";
import type { LabelledRows } from "#dist/core/classify/head.js";
import { ArgumentError, ShapeError } from "#dist/core/errors.js";
import { labelEfficiency } from "#dist/core/evaluate/label-efficiency.js";
import { stratifiedFolds } from "#dist/core/evaluate/stratified-folds.js";
import { stratifiedSplit } from "#dist/core/evaluate/stratified-split.js";
import { type Matrix, row } from "#dist/core/numeric/matrix.js";
import { takeRows } from "#dist/core/numeric/take-rows.js";
import { meanHead } from "../../support/mean-head.js";
import { readFixture } from "../../support/safetensors.js";
import { normalMatrix } from "../../support/samples.js";

const arrays = readFixture("numeric/arrays.safetensors");
const pixels = arrays.uint8("digits.x");
const digits: LabelledRows = {
  vectors: takeRows({ data: Float32Array.from(pixels.data), rows: pixels.shape[0], cols: 64 }, [
    ...new Array(600).keys(),
  ]),
  labels: classLabels(arrays.int32("digits.y").data.slice(0, 600)),
};

/** 40 rows of each of two classes, whose numbers are their rows; entry 1 tells the class. */
function numberedRows(perClass: readonly number[]): LabelledRows {
  const names = perClass.flatMap((count, c) => new Array<number>(count).fill(c));
  const vectors: Matrix = normalMatrix(names.length, 3, 1);
  for (const [i, c] of names.entries()) row(vectors, i).set([i, c === 0 ? 1000 : -1000, 1]);
  return { vectors, labels: classLabels(names) };
}

const rowsSeen = (data: LabelledRows) => Array.from({ length: data.vectors.rows }, (_, i) => row(data.vectors, i)[0]);

describe("labelEfficiency(rows, { splits, head })", () => {
  it("draws so many rows of each class, none of them tested, without validation, and adds to them", async () => {
    const rows = numberedRows([40, 40]);
    const split = stratifiedSplit(rows.labels);
    const head = meanHead();
    const {
      points,
      testRows,
      draws,
      head: name,
    } = await labelEfficiency(rows, { splits: [split], head, draws: 3, seed: 4 });
    assert.deepEqual(
      points.map(({ perClass }) => perClass),
      [1, 2, 5, 10, 20],
    );
    assert.deepEqual([testRows, draws, name], [16, 3, "class means"]);
    assert.equal(head.seen.length, 15);
    const tested = new Set(split.test);
    for (const [i, { data, options }] of head.seen.entries()) {
      const seen = rowsSeen(data);
      assert.equal(data.validation, undefined);
      assert.equal(options.seed, 4 + Math.floor(i / 5));
      assert.deepEqual(
        [0, 1].map((c) => data.labels.indices.filter((own) => own === c).length),
        [points[i % 5].perClass, points[i % 5].perClass],
      );
      assert.ok(seen.every((r) => !tested.has(r)));
      if (i % 5 > 0)
        assert.ok(
          rowsSeen(head.seen[i - 1].data).every((r) => seen.includes(r)),
          "more rows include the fewer",
        );
    }
    assert.notDeepEqual(rowsSeen(head.seen[4].data), rowsSeen(head.seen[9].data));
  });

  it("draws the same rows for other vectors and another head, so that curves are paired", async () => {
    const rows = numberedRows([30, 30]);
    const splits = stratifiedFolds(rows.labels, { folds: 3 });
    const [one, other] = [meanHead(), meanHead(5)];
    await labelEfficiency(rows, { splits, head: one, draws: 2, perClass: [3, 1, 3] });
    const shifted = {
      ...rows,
      vectors: { ...rows.vectors, data: rows.vectors.data.map((v, i) => (i % 3 === 1 ? v / 7 : v)) },
    };
    await labelEfficiency(shifted, { splits, head: other, draws: 2, perClass: [1, 3] });
    assert.deepEqual(
      one.seen.map(({ data }) => rowsSeen(data)),
      other.seen.map(({ data }) => rowsSeen(data)),
    );
  });

  it("takes the same first draws where more are asked for, and others for another seed", async () => {
    const splits = stratifiedFolds(digits.labels, { folds: 2 });
    const run = (draws: number, seed = 0) =>
      labelEfficiency(digits, { splits, head: meanHead(), draws, seed, perClass: [2] });
    const [few, many] = [await run(2), await run(5)];
    assert.deepEqual(many.points[0].accuracies.slice(0, 2), few.points[0].accuracies);
    assert.notDeepEqual((await run(2, 1)).points[0].accuracies, few.points[0].accuracies);
    assert.deepEqual(await run(2), few);
  });

  it("rises with the rows on the digits, in a band that narrows and holds the mean", async () => {
    const splits = [stratifiedSplit(digits.labels, { test: 0.4 })];
    const { points } = await labelEfficiency(digits, { splits, head: meanHead() });
    assert.deepEqual(
      points.map(({ perClass }) => perClass),
      [1, 2, 5, 10, 20],
    );
    const widths = points.map(({ low, high }) => high - low);
    for (const [i, { mean, low, high, accuracies }] of points.entries()) {
      assert.ok(low <= mean && mean <= high && accuracies.length === 10);
      assert.ok(Math.abs(mean - accuracies.reduce((a, b) => a + b) / 10) < 1e-12);
      if (i > 0) assert.ok(mean > points[i - 1].mean);
    }
    assert.ok(widths[4] < widths[0] / 2);
    assert.ok(points[0].mean > 0.3 && points[4].mean > 0.8);
  });

  it("goes on while half of the classes have rows enough; a small class gives all that it has", async () => {
    const rows = numberedRows([30, 30, 6, 4]);
    const head = meanHead();
    const { points } = await labelEfficiency(rows, {
      splits: [stratifiedSplit(rows.labels, { test: 0.5 })],
      head,
      draws: 1,
    });
    assert.deepEqual(
      points.map(({ perClass }) => perClass),
      [1, 2, 5, 10],
    );
    assert.deepEqual(
      [0, 1, 2, 3].map((c) => head.seen[3].data.labels.indices.filter((own) => own === c).length),
      [10, 10, 3, 2],
    );
  });

  it("counts near-duplicates as one picture while there are others", async () => {
    const rows = numberedRows([40, 40]);
    const groups = Array.from({ length: 80 }, (_, i) => Math.floor(i / 4));
    const head = meanHead();
    const splits = [stratifiedSplit(rows.labels, { groups })];
    await labelEfficiency(rows, { splits, head, groups, perClass: [8] });
    for (const { data } of head.seen) assert.equal(new Set(rowsSeen(data).map((r) => groups[r])).size, 16);
  });

  it("stops when it is told to, and counts its trainings", async () => {
    const controller = new AbortController();
    const rows = numberedRows([10, 10]);
    const counted: number[][] = [];
    const stopped = labelEfficiency(rows, {
      ...{ splits: [stratifiedSplit(rows.labels)], head: meanHead(), signal: controller.signal },
      onProgress(done, total) {
        counted.push([done, total]);
        if (done === 2) controller.abort();
      },
    });
    await assert.rejects(stopped, { name: "AbortError" });
    assert.deepEqual(counted, [
      [1, 30],
      [2, 30],
    ]);
  });

  it("refuses no splits, numbers and draws that are none, and groups of other rows", async () => {
    const rows = numberedRows([10, 10]);
    const splits = [stratifiedSplit(rows.labels)];
    const run = (options: object) => labelEfficiency(rows, { splits, head: meanHead(), ...options });
    for (const options of [
      { splits: [] },
      { perClass: [] },
      { perClass: [0] },
      { perClass: [1.5] },
      { draws: 0 },
      { seed: 0.1 },
    ])
      await assert.rejects(run(options), ArgumentError);
    await assert.rejects(run({ groups: [1] }), ShapeError);
  });
});
