import assert from "node:assert/strict";
import type { LabelledRows, TrainingSet } from "#dist/core/classify/head.js";
import { logisticHead } from "#dist/core/classify/logistic-head.js";
import { trainLogistic } from "#dist/core/classify/logistic-regression.js";
import { defaultCs, type SweepPoint, sweepLogistic } from "#dist/core/classify/logistic-sweep.js";
import { predict } from "#dist/core/classify/predict.js";
import { ArgumentError, NotFiniteError } from "#dist/core/errors.js";
import { takeLabelled } from "#dist/core/evaluate/labelled-rows.js";
import { splitDigits } from "../../support/digits.js";
import { accuracyOf, clouds } from "../../support/labelled.js";
import { assertClose } from "../../support/samples.js";

const all = splitDigits().train;
const from = (rows: LabelledRows, first: number, last: number) =>
  takeLabelled(
    rows,
    Array.from({ length: last - first }, (_, i) => first + i),
  );
const data: TrainingSet = { ...from(all, 0, 300), validation: from(all, 300, 400) };
const cs = [0.01, 0.1, 1, 10, 100];

const few = clouds([8, 8, 8], 4, { spread: 1.5 });
const fewData: TrainingSet = { ...from(few, 0, 15), validation: from(few, 15, 24) };

/** The entry that the rule chooses: most often right, then the lowest validation loss. */
function bestOf(sweep: readonly SweepPoint[]): SweepPoint {
  const most = Math.max(...sweep.map((p) => p.validationAccuracy));
  const equal = sweep.filter((p) => p.validationAccuracy === most);
  const least = Math.min(...equal.map((p) => p.validationLoss));
  return equal.find((p) => p.validationLoss === least) as SweepPoint;
}

describe("sweepLogistic(data)", () => {
  it("has for each C what training with it alone gives", async () => {
    const { sweep } = await sweepLogistic(data, { cs, scaling: "l2" });
    assert.deepEqual(
      sweep.map((p) => p.c),
      cs,
    );
    for (const point of sweep) {
      assert.ok(point.converged);
      const { classifier, trainLoss } = await trainLogistic(data, { c: point.c, scaling: "l2" });
      assertClose([point.trainLoss], [trainLoss], 2e-3);
      const { vectors, labels } = data.validation as LabelledRows;
      const { predicted, probabilities } = await predict(classifier, vectors);
      const right = accuracyOf(predicted, labels.indices);
      assert.ok(Math.abs(point.validationAccuracy - right) < 0.011, `${point.validationAccuracy} against ${right}`);
      const loss = labels.indices.reduce((sum, c, i) => sum - Math.log(probabilities.data[i * 10 + c]), 0) / 100;
      assertClose([point.validationLoss], [loss], 5e-3);
    }
  });

  it("takes the C that is right most often, of equally good ones the one with the lowest validation loss", async () => {
    for (const some of [data, fewData]) {
      const { sweep, classifier, notes } = await sweepLogistic(some, { scaling: "l2" });
      assert.equal(classifier.c, bestOf(sweep).c);
      assert.deepEqual(notes.chosen, { C: classifier.c });
    }
  });

  it("sweeps 10^-6 to 10^5 in 45 steps, from the smallest up whatever their order", async () => {
    assert.equal(defaultCs.length, 45);
    assertClose([defaultCs[0] * 1e6, defaultCs[4] * 1e5, defaultCs[44] / 1e5], [1, 1, 1], 1e-12);
    const { sweep } = await sweepLogistic(fewData, { cs: [10, 0.1, 1, 10] });
    assert.deepEqual(
      sweep.map((p) => p.c),
      [0.1, 1, 10],
    );
  });

  it("trains nothing on validation rows, unless it is asked to", async () => {
    const { validation, ...train } = data;
    const { classifier } = await sweepLogistic(data, { cs: [1], scaling: "standardise" });
    const alone = await trainLogistic(train, { c: 1, scaling: "standardise" });
    assert.deepEqual(classifier, alone.classifier);
    const refitted = await sweepLogistic(data, { cs: [1], scaling: "standardise", refit: true });
    const both = await trainLogistic(from(all, 0, 400), { c: 1, scaling: "standardise" });
    assert.deepEqual(refitted.classifier, both.classifier);
  });

  it("counts validation rows of classes without training rows as wrong, and leaves their loss out", async () => {
    const classes = [...few.labels.classes, "new"];
    const grown = (rows: LabelledRows) => ({ ...rows, labels: { classes, indices: rows.labels.indices } });
    const known = grown(fewData.validation as LabelledRows);
    const doubled = takeLabelled(known, [...Array(9).keys(), ...Array(9).keys()]);
    const strange = { ...doubled, labels: { classes, indices: doubled.labels.indices.map((c, i) => (i < 9 ? c : 3)) } };
    const a = await sweepLogistic({ ...grown(fewData), validation: known }, { cs });
    const b = await sweepLogistic({ ...grown(fewData), validation: strange }, { cs });
    for (let i = 0; i < cs.length; i++) {
      assert.equal(b.sweep[i].validationAccuracy, a.sweep[i].validationAccuracy / 2);
      assert.equal(b.sweep[i].validationLoss, a.sweep[i].validationLoss);
    }
  });

  it("gives the same bytes for the same input", async () => {
    assert.deepEqual(await sweepLogistic(data, { cs }), await sweepLogistic(data, { cs }));
  });

  it("reports each C, and stops between them when it is aborted", async () => {
    const seen: [number, number, number][] = [];
    await sweepLogistic(fewData, { cs, onProgress: (done, total, point) => seen.push([done, total, point.c]) });
    assert.deepEqual(
      seen,
      cs.map((c, i) => [i + 1, 5, c]),
    );
    const controller = new AbortController();
    let reports = 0;
    const job = sweepLogistic(data, {
      signal: controller.signal,
      onProgress: () => {
        reports++;
        controller.abort();
      },
    });
    await assert.rejects(job, { name: "AbortError" });
    assert.equal(reports, 1);
  });

  it("leaves the event loop its turns while it works", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await sweepLogistic(data, { scaling: "l2" });
    clearInterval(timer);
    assert.ok(turns > 5, `${turns} turns`);
  });

  it("refuses a choice without values or without rows to choose on", async () => {
    const { validation, ...train } = fewData;
    await assert.rejects(sweepLogistic(fewData, { cs: [] }), ArgumentError);
    await assert.rejects(
      sweepLogistic(fewData, { cs: [1, 0] }),
      (e) => e instanceof ArgumentError && /cs\[1\]/.test(e.message),
    );
    await assert.rejects(sweepLogistic(train), (e) => e instanceof ArgumentError && /validation/.test(e.message));
    const bad = { ...(validation as LabelledRows) };
    bad.vectors = { ...bad.vectors, data: bad.vectors.data.slice() };
    bad.vectors.data[4 * 2] = Number.NaN;
    await assert.rejects(
      sweepLogistic({ ...train, validation: bad }),
      (e) => e instanceof NotFiniteError && e.row === 2,
    );
  });
});

describe("logisticHead(options)", () => {
  it("lets validation rows choose C, or takes the one given, or 1 and says so", async () => {
    const { validation, ...train } = fewData;
    const chosen = await logisticHead({ cs }).train(fewData, { seed: 0 });
    assert.deepEqual(chosen.notes.chosen, (await sweepLogistic(fewData, { cs })).notes.chosen);
    const given = await logisticHead({ c: 7 }).train(fewData, { seed: 0 });
    assert.deepEqual([given.notes.chosen, given.notes.remarks], [{ C: 7 }, undefined]);
    const usual = await logisticHead().train(train, { seed: 0 });
    assert.deepEqual(usual.notes.chosen, { C: 1 });
    assert.match(usual.notes.remarks?.[0] ?? "", /no validation rows to choose C/);
  });

  it("refuses values of C that are not above 0 before it trains", () => {
    assert.throws(() => logisticHead({ c: 0 }), ArgumentError);
    assert.throws(() => logisticHead({ cs: [1, -1] }), ArgumentError);
    assert.throws(() => logisticHead({ cs: [] }), ArgumentError);
  });
});
