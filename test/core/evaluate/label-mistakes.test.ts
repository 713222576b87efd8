import assert from "node:assert/strict";
import { classLabels } from "#dist/core/classify/class-labels.js";
import { knnHead } from "#dist/core/classify/knn-head.js";
import { ArgumentError, DegenerateDataError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import { findLabelMistakes } from "#dist/core/evaluate/label-mistakes.js";
import { matrix, row } from "#dist/core/numeric/matrix.js";
import { normal, seededRandom } from "#dist/core/numeric/random.js";
import { takeRows } from "#dist/core/numeric/take-rows.js";
import { digits } from "../../support/digits.js";
import { meanHead } from "../../support/mean-head.js";
import { normalMatrix } from "../../support/samples.js";

const truth = digits();

/** The digits with another label on 90 of them, 5 %. */
function flippedDigits(seed: number) {
  const random = seededRandom(seed);
  const flipped = new Set<number>();
  const indices = truth.labels.indices.slice();
  while (flipped.size < 90) {
    const any = Math.floor(random() * 1797);
    if (flipped.has(any)) continue;
    flipped.add(any);
    indices[any] = (indices[any] + 1 + Math.floor(random() * 9)) % 10;
  }
  return { flipped, data: { vectors: truth.vectors, labels: { ...truth.labels, indices } } };
}

describe("findLabelMistakes(data, { head })", () => {
  it("finds two thirds of 5 % flipped labels of the digits, with the right label, and lists few others", async () => {
    for (const seed of [0, 1, 2]) {
      const { flipped, data } = flippedDigits(seed);
      const { mistakes, rows } = await findLabelMistakes(data, { head: knnHead(), seed });
      const found = mistakes.filter((one) => flipped.has(one.row));
      assert.equal(rows, 1797);
      assert.ok(found.length >= 60, `${found.length} of 90 found`);
      assert.ok(found.length >= 0.85 * mistakes.length, `${found.length} of ${mistakes.length} listed are flipped`);
      for (const { row: place, suggested, neighbours, neighboursGiven, neighboursSuggested } of found.slice(0, 20)) {
        assert.equal(Number(suggested), truth.labels.indices[place]);
        assert.ok(neighboursSuggested > neighboursGiven && neighbours.length === 5);
      }
    }
  });

  it("ranks by the margin, and tells of both confidences and of the nearest other rows", async () => {
    const { data } = flippedDigits(3);
    const { mistakes, head, folds } = await findLabelMistakes(data, { head: knnHead(), k: 3, folds: 4 });
    assert.deepEqual([head, folds], ["k-NN", 4]);
    const margins = mistakes.map(({ givenConfidence, suggestedConfidence }) => suggestedConfidence - givenConfidence);
    assert.ok(margins.every((margin, i) => i === 0 || margin <= margins[i - 1]));
    for (const one of mistakes) {
      assert.equal(one.given, data.labels.classes[data.labels.indices[one.row]]);
      assert.equal(one.neighbours.length, 3);
      assert.ok(
        one.neighbours.every(
          ({ row: other, label }) => other !== one.row && label === String(data.labels.indices[other]),
        ),
      );
      assert.ok(one.neighbours.every(({ similarity }, i) => i === 0 || similarity <= one.neighbours[i - 1].similarity));
      assert.equal(one.neighboursGiven, one.neighbours.filter(({ label }) => label === one.given).length);
    }
  });

  it("is not deceived by copies that have the same wrong label, as it would be if copies were parted", async () => {
    const { vectors, labels } = digits(600);
    const random = seededRandom(9);
    // four near-copies of each of the first 30 digits, all of them labelled as the next digit
    const copies = Array.from({ length: 120 }, (_, i) => i % 30);
    const all = takeRows(vectors, [...Array(600).keys(), ...copies]);
    for (let i = 600 * 64; i < all.data.length; i++) all.data[i] += 0.05 * normal(random);
    const indices = Int32Array.from([...labels.indices, ...copies.map((i) => labels.indices[i])]);
    const wrong = [...Array(30).keys(), ...Array.from(copies, (_, i) => 600 + i)];
    for (const i of wrong) indices[i] = (indices[i] + 1) % 10;
    const data = { vectors: all, labels: { ...labels, indices } };
    const found = async (groups?: number[]) => {
      const options = { head: knnHead({ ks: [5] }), threshold: 0.999, limit: 1000 };
      const { mistakes } = await findLabelMistakes(data, { ...options, ...(groups ? { groups } : {}) });
      for (const { row: own, neighbours } of mistakes.filter(() => !groups))
        assert.ok(
          neighbours.every(
            ({ row: other }) => !(wrong.includes(own) && wrong.includes(other) && own % 30 === other % 30),
          ),
        );
      return mistakes.filter((one) => wrong.includes(one.row)).length;
    };
    const [together, parted] = [await found(), await found([...Array(720).keys()])];
    assert.ok(together >= 90 && parted < 10, `${together} found with copies together, ${parted} with copies parted`);
  });

  it("shows a copy that has another label", async () => {
    const { vectors, labels } = digits(300);
    const copied = [...Array(20).keys()];
    const all = takeRows(vectors, [...Array(300).keys(), ...copied]);
    const indices = Int32Array.from([...labels.indices, ...copied.map((i) => (labels.indices[i] + 1) % 10)]);
    const { mistakes } = await findLabelMistakes({ vectors: all, labels: { ...labels, indices } }, { head: knnHead() });
    const copies = mistakes.filter((one) => one.row >= 300);
    assert.ok(copies.length >= 10, `${copies.length} of 20`);
    for (const { row: own, neighbours } of copies)
      assert.deepEqual(neighbours[0], { row: own - 300, similarity: 1, label: String(labels.indices[own - 300]) });
  });

  it("does not judge the row of a class that has no other, and says how many it judged", async () => {
    const x = normalMatrix(31, 8, 1, { deviation: () => 0.3 });
    for (let i = 0; i < 30; i++) row(x, i)[i % 2] += 5;
    const labels = classLabels([...Array.from({ length: 30 }, (_, i) => (i % 2 ? "a" : "b")), "lonely"]);
    const { mistakes, rows } = await findLabelMistakes({ vectors: x, labels }, { head: meanHead() });
    assert.deepEqual([mistakes, rows], [[], 30]);
  });

  it("keeps to the limit, hands on what it knows of the pictures, and gives the same bytes for the same seed", async () => {
    const { data } = flippedDigits(5);
    const pictures = Array.from({ length: 1797 }, (_, i) => ({
      name: `${i}`,
      source: `${i}`,
      width: 8,
      height: 8,
      view: { left: 0, top: 0, width: 8, height: 8 },
    }));
    const run = () =>
      findLabelMistakes({ ...data, pictures, modelName: "pixels" }, { head: knnHead(), limit: 7, seed: 2 });
    const found = await run();
    assert.equal(found.mistakes.length, 7);
    assert.equal(found.modelName, "pixels");
    assert.equal(found.pictures, pictures);
    assert.deepEqual(await run(), found);
  });

  it("refuses one class, labels, pictures and groups of other rows, NaN, and numbers that are none", async () => {
    const { vectors, labels } = digits(40);
    const head = meanHead();
    await assert.rejects(
      findLabelMistakes({ vectors, labels: classLabels(new Array(40).fill("a")) }, { head }),
      DegenerateDataError,
    );
    await assert.rejects(findLabelMistakes({ vectors, labels: classLabels([..."ab"]) }, { head }), ShapeError);
    await assert.rejects(findLabelMistakes({ vectors, labels, pictures: [] }, { head }), ShapeError);
    await assert.rejects(findLabelMistakes({ vectors, labels }, { head, groups: [1] }), ShapeError);
    for (const options of [{ k: 0 }, { limit: 0 }, { folds: 1 }, { threshold: 2 }, { seed: 0.5 }])
      await assert.rejects(findLabelMistakes({ vectors, labels }, { head, ...options }), ArgumentError);
    const bad = matrix(vectors.data.slice(), 40, 64);
    bad.data[70] = Number.NaN;
    await assert.rejects(findLabelMistakes({ vectors: bad, labels }, { head }), NotFiniteError);
  });
});
