import assert from "node:assert/strict";
import { classLabels } from "#dist/core/classify/class-labels.js";
import { ArgumentError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import { leakReport } from "#dist/core/evaluate/leak-report.js";
import { similarityGroups } from "#dist/core/evaluate/near-duplicates.js";
import { stratifiedFolds } from "#dist/core/evaluate/stratified-folds.js";
import { row } from "#dist/core/numeric/matrix.js";
import { normalMatrix } from "../../support/samples.js";

const split = (train: number[], validation: number[], test: number[]) => ({
  ...{ train: Int32Array.from(train), validation: Int32Array.from(validation), test: Int32Array.from(test), seed: 0 },
});

describe("leakReport(splits, vectors)", () => {
  it("finds the planted copies of training and of validation rows among the tested ones, and no others", async () => {
    const x = normalMatrix(30, 40, 1, { deviation: () => 1 });
    row(x, 21).set(row(x, 2));
    row(x, 25).set(row(x, 11).map((v) => 3 * v + 0.01));
    const rows = Array.from({ length: 30 }, (_, i) => i);
    const { pairs, testRows } = await leakReport([split(rows.slice(0, 10), rows.slice(10, 20), rows.slice(20))], x);
    assert.deepEqual(
      pairs.map(({ a, b }) => [a, b]),
      [
        [2, 21],
        [11, 25],
      ],
    );
    assert.deepEqual([...testRows], [21, 25]);
    assert.ok(pairs[1].similarity < 1 && pairs[1].similarity > 0.999);
  });

  it("finds a pair that is similar in one of several matrices only", async () => {
    const [x, y] = [normalMatrix(8, 30, 1, { deviation: () => 1 }), normalMatrix(8, 20, 2, { deviation: () => 1 })];
    row(y, 7).set(row(y, 0));
    const one = split([0, 1, 2, 3], [], [4, 5, 6, 7]);
    assert.equal((await leakReport([one], x)).pairs.length, 0);
    assert.deepEqual((await leakReport([one], [x, y])).pairs, [{ a: 0, b: 7, similarity: 1 }]);
  });

  it("finds nothing in folds made by groups, and something in folds made without them", async () => {
    const x = normalMatrix(200, 12, 3, { deviation: () => 1 });
    for (let i = 0; i < 100; i++) row(x, 100 + i).set(row(x, i).map((v, j) => v + 0.02 * (j % 3)));
    const labels = classLabels(Array.from({ length: 200 }, (_, i) => i % 4));
    const { groups, thresholds } = await similarityGroups(x, { threshold: 0.95 });
    assert.deepEqual(thresholds, [0.95]);
    const leaks = (splits: ReturnType<typeof stratifiedFolds>) => leakReport(splits, x, { threshold: 0.95 });
    assert.equal((await leaks(stratifiedFolds(labels, { groups }))).testRows.length, 0);
    assert.ok((await leaks(stratifiedFolds(labels))).testRows.length > 100);
  });

  it("reports a row that several splits test once, with its most similar partner", async () => {
    const x = normalMatrix(4, 10, 4, { deviation: () => 1 });
    row(x, 1).set(row(x, 0).map((v, j) => v + (j === 0 ? 0.3 : 0)));
    row(x, 2).set(row(x, 0));
    const { pairs } = await leakReport([split([1, 3], [], [0]), split([1, 2], [], [0])], x, { threshold: 0.8 });
    assert.deepEqual(pairs, [{ a: 2, b: 0, similarity: 1 }]);
  });

  it("judges by the same thresholds as the groups where none is given, also by a matrix whose rows are all alike", async () => {
    const labels = classLabels(Array.from({ length: 120 }, (_, i) => i % 3));
    const alike = normalMatrix(120, 20, 8, { mean: 4, deviation: () => 1 });
    row(alike, 119).set(row(alike, 0).map((v, j) => v + (j === 0 ? 0.01 : 0)));
    const vectors = [normalMatrix(120, 30, 7, { deviation: () => 1 }), alike];
    const { groups, count, thresholds } = await similarityGroups(vectors);
    assert.equal(count, 119);
    const leaks = await leakReport(stratifiedFolds(labels, { groups }), vectors);
    assert.deepEqual([leaks.pairs, leaks.thresholds, leaks.threshold], [[], thresholds, 0.9]);
  });

  it("pairs a row that both trains and is tested with itself", async () => {
    const x = normalMatrix(5, 10, 5, { deviation: () => 1 });
    const { pairs } = await leakReport([split([0, 1, 2], [], [2, 3])], x);
    assert.deepEqual(pairs, [{ a: 2, b: 2, similarity: 1 }]);
  });

  it("refuses rows that are not there, NaN and matrices of other rows", async () => {
    const x = normalMatrix(4, 3, 6);
    await assert.rejects(leakReport([split([0], [], [9])], x), ArgumentError);
    await assert.rejects(leakReport([split([0], [], [1])], [x, normalMatrix(3, 3, 0)]), ShapeError);
    x.data[0] = Number.NaN;
    await assert.rejects(leakReport([split([0], [], [1])], x), NotFiniteError);
  });
});
