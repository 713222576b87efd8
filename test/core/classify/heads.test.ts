import assert from "node:assert/strict";
import { trainedParameters } from "#dist/core/classify/classifier.js";
import { centroidHead, type HeadName, headNamed, headNames, mlpHead } from "#dist/core/classify/heads.js";
import { predict } from "#dist/core/classify/predict.js";
import { ArgumentError, DegenerateDataError, NotFiniteError } from "#dist/core/errors.js";
import { accuracyOf, clouds } from "../../support/labelled.js";

const data = { ...clouds([14, 14, 14], 12), validation: clouds([14, 14, 14], 12, { spread: 0.4 }) };

describe("headNamed(name)", () => {
  for (const name of headNames) {
    it(`gives a head "${name}" that learns, the same bytes for the same seed`, async () => {
      const head = headNamed(name);
      const a = await head.train(data, { seed: 3 });
      assert.equal(a.classifier.kind, name);
      const { predicted } = await predict(a.classifier, data.validation.vectors);
      assert.ok(accuracyOf(predicted, data.validation.labels.indices) > 0.9);
      assert.deepEqual(await head.train(data, { seed: 3 }), a);
    });

    it(`gives a head "${name}" that keeps the start of what it trains, and ends when it is aborted`, async () => {
      const { classifier, start } = await headNamed(name).train(data, { seed: 0 });
      assert.deepEqual(Object.keys(start), Object.keys(trainedParameters(classifier)));
      for (const [part, numbers] of Object.entries(trainedParameters(classifier)))
        assert.notDeepEqual(start[part], numbers, part);
      const aborted = headNamed(name).train(data, { seed: 0, signal: AbortSignal.abort() });
      await assert.rejects(aborted, { name: "AbortError" });
    });

    it(`gives a head "${name}" that refuses one class`, async () => {
      await assert.rejects(headNamed(name).train(clouds([4, 0], 3), { seed: 0 }), DegenerateDataError);
    });
  }

  it("gives heads that name the validation row with NaN, also where others of its class are of no use", async () => {
    const train = clouds([6, 6, 0], 5);
    const validation = clouds([3, 3, 3], 5);
    validation.vectors.data[4 * 5] = Number.NaN;
    for (const name of headNames)
      await assert.rejects(
        headNamed(name).train({ ...train, validation }, { seed: 0 }),
        (e) => e instanceof NotFiniteError && e.argument === "validation" && e.row === 4,
        name,
      );
  });

  it("refuses names that no head has", () => {
    assert.throws(
      () => headNamed("svm" as HeadName),
      (e) => e instanceof ArgumentError && /"knn"/.test(e.message),
    );
  });
});

describe("mlpHead(options), centroidHead(options)", () => {
  it("hand their options to the training", async () => {
    const mlp = await mlpHead({ hidden: 3, epochs: 2, scaling: "l2" }).train(data, { seed: 0 });
    assert.ok(mlp.classifier.kind === "mlp" && mlp.classifier.hidden.rows === 3);
    assert.deepEqual([mlp.notes.epochs?.length, mlp.classifier.scaling.rule], [2, "l2"]);
    const centroid = await centroidHead({ temperature: 0.3 }).train(data, { seed: 0 });
    assert.ok(centroid.classifier.kind === "centroid" && centroid.classifier.temperature === 0.3);
  });
});
