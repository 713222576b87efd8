import assert from "node:assert/strict";
import { PCA } from "ml-pca";
import { pca, projectPca } from "#dist/core/numeric/pca.js";
import { fromMlPca, toMlPca } from "#dist/core/numeric/pca-interchange.js";
import { pcaFromJson, pcaToJson } from "#dist/core/numeric/pca-json.js";
import { assertClose, normalMatrix } from "../../support/samples.js";

const x = normalMatrix(90, 12, 5, { mean: 2 });
const lists = Array.from({ length: 90 }, (_, i) => Array.from(x.data.subarray(i * 12, (i + 1) * 12)));

describe("toMlPca(pca)", () => {
  it("gives what ml-pca loads and projects with", async () => {
    const p = await pca(x);
    const loaded = PCA.load(JSON.parse(JSON.stringify(toMlPca(p))));
    assertClose(loaded.predict(lists).to1DArray(), (await projectPca(p, x)).data, 1e-5);
    assert.deepEqual(loaded.getEigenvalues(), Array.from(p.explainedVariance));
  });

  it("comes back to the bit through fromMlPca", async () => {
    const p = await pca(x);
    const back = fromMlPca(JSON.parse(JSON.stringify(toMlPca(p))));
    assertClose(back.explainedVarianceRatio, p.explainedVarianceRatio, 1e-7);
    assert.deepEqual({ ...back, explainedVarianceRatio: p.explainedVarianceRatio }, p);
  });
});

describe("fromMlPca(model)", () => {
  it("projects as the ml-pca model that it reads, fitted by SVD or from the covariance matrix", async () => {
    for (const method of ["SVD", "covarianceMatrix"] as const) {
      const theirs = new PCA(lists, { method });
      for (const model of [theirs.toJSON(), JSON.parse(JSON.stringify(theirs))]) {
        const ours = fromMlPca(model);
        assertClose((await projectPca(ours, x)).data, theirs.predict(lists).to1DArray(), 1e-5);
        assertClose(ours.explainedVarianceRatio, theirs.getExplainedVariance(), 1e-6);
        assert.equal(ours.nSamples, 0);
      }
    }
  });

  it("reads a model that was not centred as one of mean 0", async () => {
    const theirs = new PCA(lists, { center: false });
    assertClose((await projectPca(fromMlPca(theirs.toJSON()), x)).data, theirs.predict(lists).to1DArray(), 1e-5);
  });

  it("rejects models that scale their columns, other JSON, and sizes that disagree", () => {
    assert.throws(() => fromMlPca(new PCA(lists, { scale: true }).toJSON()), { name: "ArgumentError" });
    const good = JSON.parse(JSON.stringify(new PCA(lists)));
    for (const bad of [null, undefined, 3, {}, { ...good, name: "KNN" }, { ...good, S: [null] }, { ...good, U: [] }])
      assert.throws(() => fromMlPca(bad), { name: "ArgumentError", argument: "model" });
    for (const bad of [
      { ...good, means: [1] },
      { ...good, S: [1] },
      { ...good, U: [...good.U.slice(1), [1]] },
    ])
      assert.throws(() => fromMlPca(bad), { name: "ShapeError", argument: "model" });
  });
});

describe("pcaToJson(pca)", () => {
  it("comes back to the bit through JSON", async () => {
    const p = await pca(x);
    assert.deepEqual(pcaFromJson(JSON.parse(JSON.stringify(pcaToJson(p)))), p);
  });

  it("is rejected with a part of the wrong size or with bad numbers", async () => {
    const json = pcaToJson(await pca(x));
    const notANumber = Buffer.from(new Float32Array(12).fill(Number.NaN).buffer).toString("base64");
    for (const [part, value] of [
      ["mean", json.mean.slice(8)],
      ["mean", "&&&&"],
      ["mean", notANumber],
      ["components", json.mean],
      ["explainedVariance", [1]],
    ] as const)
      assert.throws(() => pcaFromJson({ ...json, [part]: value }), { name: "ArgumentError", argument: part });
  });
});
