import assert from "node:assert/strict";
import { classLabels } from "#dist/core/classify/class-labels.js";
import { predictionsOf } from "#dist/core/classify/predictions.js";
import { type ClassificationReport, classificationReport } from "#dist/core/evaluate/classification-report.js";
import { classificationFigure, classificationPage, learningCurves } from "#dist/widgets/index.js";
import { overconfidence } from "#dist/widgets/reliability.js";
import { madeComparison, madeEfficiency, madeEpochs, madeLabelMistakes } from "../support/comparisons.js";
import { assertPng, caption, evil, markup } from "./bundles.js";

/** The report on classifiers that are always `sure` of what they say. */
function reportOf(truth: readonly string[], said: readonly string[], sure = 0.8): ClassificationReport {
  const classes = [...new Set([...truth, ...said])];
  const data = said.flatMap((name) => classes.map((one) => (one === name ? sure : (1 - sure) / (classes.length - 1))));
  const matrix = { data: Float32Array.from(data), rows: said.length, cols: classes.length };
  return classificationReport(predictionsOf(classes, matrix), classLabels(truth, classes));
}

/** As many classes as asked for, each of two pictures, of which the second is taken for the next class. */
function manyClasses(n: number): ClassificationReport {
  const name = (c: number): string => `kind ${c % n}`;
  const numbers = Array.from({ length: n }, (_, c) => c);
  return reportOf(
    numbers.flatMap((c) => [name(c), name(c)]),
    numbers.flatMap((c) => [name(c), name(c + 1)]),
  );
}

const small = reportOf(["a", "a", "a", "a", "b", "b"], ["a", "a", "a", "b", "b", "a"]);

describe("classificationFigure(report)", () => {
  it("begins with how many are right, how sure that is, and what always naming one class reaches", async () => {
    const bundle = await classificationFigure(small, { modelName: "m", size: 224, head: "nearest centroid" });
    assert.match(
      markup(bundle),
      /pl-value">67 %<\/span><span>4 of 6 pictures right; 95 % interval \d+ to \d+ %\. Always saying a would reach 67 %\./,
    );
    assert.match(caption(bundle), /^Accuracy 67 % on 6 pictures of 2 classes by nearest centroid on m at 224 px\./);
    assert.match(bundle["text/plain"], /^Classification of 6 pictures\naccuracy 67 %: 4 of 6 pictures right/);
    await assertPng(bundle, 200_000);
  });

  it("lists classes by recall, the lowest first, with what they were taken for", async () => {
    const lines = [
      ...markup(await classificationFigure(small)).matchAll(/<tr><th scope="row">([ab])<\/th>(.*?)<\/tr>/g),
    ];
    const plain = lines.map(([, name, cells]) => [
      name,
      cells
        .replace(/<[^>]*>/g, " ")
        .split(/ {2,}/)
        .filter(Boolean),
    ]);
    assert.deepEqual(plain.slice(0, 2), [
      ["b", ["2", "50 %", "50 %", "a 1"].map((text, i) => (i === 0 ? ` ${text}` : i === 3 ? `${text} ` : text))],
      ["a", ["4", "75 %", "75 %", "b 1"].map((text, i) => (i === 0 ? ` ${text}` : i === 3 ? `${text} ` : text))],
    ]);
  });

  it("counts in the table what was taken for what, and colours by the share of the row", async () => {
    const html = markup(await classificationFigure(small));
    const table = /pl-confusion.*?<tbody>(.*?)<\/tbody>/s.exec(html)?.[1] ?? "";
    const cells = [...table.matchAll(/<td style="background:(light-dark\([^)]*\))[^>]*>(\d+)</g)];
    assert.deepEqual(
      cells.map(([, , count]) => count),
      ["3", "1", "1", "1"],
    );
    // half of b's two pictures either way, three and one of a's four
    assert.equal(cells[2][1], cells[3][1]);
    assert.notEqual(cells[0][1], cells[1][1]);
  });

  it("leaves the table out where nothing was mixed up", async () => {
    const perfect = await classificationFigure(reportOf(["a", "b"], ["a", "b"]));
    assert.doesNotMatch(markup(perfect), /pl-confusion|NaN/);
    assert.match(markup(perfect), /pl-value">100 %/);
  });

  it("folds long lists of classes, and says in words what is mixed up most", async () => {
    const twenty = markup(await classificationFigure(manyClasses(20)));
    assert.match(twenty, /Show 8 more classes/);
    assert.match(twenty, /Most often mixed up: kind 0 for kind 1 1, .*Show all of 20 classes as a table/s);
    const hundred = await classificationFigure(manyClasses(100));
    assert.doesNotMatch(markup(hundred), /pl-confusion/);
    assert.match(markup(hundred), /Show 88 more classes/);
    assert.match(hundred["text/plain"], /\n {2}… 84 more classes\n/);
    await assertPng(hundred, 300_000);
  });

  it("has no line for a class without pictures", async () => {
    const report = reportOf(["a", "a", "b"], ["a", "never seen", "b"]);
    const html = markup(await classificationFigure(report));
    assert.doesNotMatch(html, /NaN|<th scope="row">never seen<\/th><td>0/);
    assert.match(html, /never seen 1/);
  });

  it("says whether it is surer than it is right", async () => {
    const said = async (sure: number): Promise<string> =>
      caption(await classificationFigure(reportOf(["a", "a", "b", "b"], ["a", "a", "b", "a"], sure)));
    assert.match(await said(0.9), /on average it is 15 points surer than it is right/);
    assert.match(await said(0.6), /on average it is 15 points less sure than it is right/);
    assert.match(await said(0.75), /on average it is as sure as it is right/);
    assert.equal(overconfidence({ bins: [], expectedError: 0 }), 0);
  });

  it("escapes the names of classes", async () => {
    const bundle = await classificationFigure(reportOf([evil, "b"], ["b", evil]));
    assert.doesNotMatch(markup(bundle), /<script>/);
    await assertPng(bundle, 200_000);
  });

  it("refuses a report of no row", async () => {
    await assert.rejects(classificationFigure({ ...small, rows: 0 }), { name: "ArgumentError", argument: "report" });
  });
});

describe("learningCurves(notes)", () => {
  it("marks the epoch with the least validation loss, the first of equals", async () => {
    const loss = [0.9, 0.5, 0.7, 0.5];
    const epochs = loss.map((validationLoss, i) => ({
      ...{ epoch: i + 1, trainLoss: 1 / (i + 1), trainAccuracy: 0.5, validationLoss, validationAccuracy: 0.25 },
    }));
    const bundle = await learningCurves({ chosen: { epoch: 2 }, epochs }, { head: "mlp", modelName: "m", size: 224 });
    assert.equal(markup(bundle).match(/best epoch 2</g)?.length, 2);
    assert.match(caption(bundle), /^How mlp on m at 224 px learned in 4 epochs: .*The dashed line marks epoch 2/);
    assert.match(
      bundle["text/plain"],
      /best epoch: 2: training loss 0\.5 nats and accuracy 50 %, validation loss 0\.5 nats and accuracy 25 %\nlast epoch: 4/,
    );
    await assertPng(bundle, 200_000);
  });

  it("draws training alone where nothing was validated, and one epoch", async () => {
    const bundle = await learningCurves([{ epoch: 1, trainLoss: 0.7, trainAccuracy: 0.5 }]);
    assert.doesNotMatch(markup(bundle), /best|NaN|>validation</);
    assert.match(caption(bundle), /There were no validation rows/);
  });

  it("refuses notes without an epoch, and epochs whose loss is no number", async () => {
    await assert.rejects(learningCurves({ chosen: { k: 5 } }), /notes hold no epoch: only heads that learn in epochs/);
    await assert.rejects(learningCurves([{ epoch: 1, trainLoss: Number.NaN, trainAccuracy: 0 }]), /have NaN as y/);
  });
});

describe("classificationPage(findings)", () => {
  it("has a section for what is known and none for what is not", async () => {
    const made = await madeComparison({ perKind: 1 });
    const { report } = made.entries[0];
    const bare = await classificationPage({ report });
    assert.deepEqual(
      bare.sections.map(({ heading }) => heading),
      ["How well it recognises"],
    );
    const notes = { chosen: { C: 0.1234567 }, epochs: madeEpochs(), remarks: ["Nothing was validated."] };
    const known = { head: "logistic regression", modelName: "m", size: 224 };
    const whole = await classificationPage({
      ...{ report, notes, ...known, efficiency: madeEfficiency(3), mistakes: madeLabelMistakes(made, 1) },
    });
    assert.deepEqual(
      whole.sections.map(({ heading }) => heading),
      ["How well it recognises", "Labels worth a look", "How few labels are enough", "How it learned"],
    );
    assert.equal(whole.sections[0].text, "Settings of the training: C = 0.123. Nothing was validated.");
    assert.match(
      whole.intro ?? "",
      /^Logistic regression on m names \d+ of 10 pictures rightly that it was not trained on\./,
    );
  });
});
