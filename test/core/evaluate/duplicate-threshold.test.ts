import assert from "node:assert/strict";
import sharp from "sharp";
import { duplicateThreshold } from "#dist/core/evaluate/duplicate-threshold.js";
import { similarityGroups } from "#dist/core/evaluate/near-duplicates.js";
import { listImages } from "#dist/core/image/list.js";
import { loadModel } from "#dist/core/model/load.js";
import { type Matrix, row } from "#dist/core/numeric/matrix.js";
import { finish } from "#dist/core/numeric/steps.js";
import { projectFile } from "../../support/fixtures.js";
import { readFixture } from "../../support/safetensors.js";
import { normalMatrix } from "../../support/samples.js";

const threshold = (x: Matrix): number => finish(duplicateThreshold(x));

/** Rows of one length whose cosines are about `share`: a common direction beside their own. */
function alike(rows: number, share: number): Matrix {
  const x = normalMatrix(rows, 400, 1, { deviation: () => Math.sqrt((1 - share) / 400) });
  for (let i = 0; i < rows; i++) row(x, i)[0] += Math.sqrt(share);
  return x;
}

describe("duplicateThreshold(x)", () => {
  it("is 0.9 where different rows differ, and rises where all are alike, above every pair", async () => {
    assert.equal(threshold(alike(150, 0.3)), 0.9);
    for (const share of [0.9, 0.95, 0.99]) {
      const x = alike(150, share);
      const own = threshold(x);
      assert.ok(own > share && own < 1, `${own} at ${share}`);
      assert.deepEqual(
        [(await similarityGroups(x)).count, (await similarityGroups(x, { threshold: 0.9 })).count],
        [150, 1],
      );
    }
  });

  it("keeps the digits apart, of which a threshold of 0.9 makes a group of hundreds", async () => {
    const { data, shape } = readFixture("numeric/arrays.safetensors").uint8("digits.x");
    const x = { data: Float32Array.from(data), rows: shape[0], cols: shape[1] };
    const largest = (groups: Int32Array) =>
      Math.max(
        ...groups.reduce((sizes, group) => {
          sizes[group]++;
          return sizes;
        }, new Int32Array(x.rows)),
      );
    const { groups, threshold: own } = await similarityGroups(x);
    assert.ok(own > 0.95 && own < 0.99, `${own}`);
    assert.ok(largest((await similarityGroups(x, { threshold: 0.9 })).groups) > 100);
    assert.ok(largest(groups) < 100, `${largest(groups)}`);
  });

  it("does not move with copies of rows, and is 0.9 for too few rows to tell", () => {
    const x = alike(200, 0.95);
    const copied = { ...x, data: Float32Array.from([...x.data, ...x.data]), rows: 400 };
    assert.equal(threshold(copied), threshold(x));
    assert.equal(threshold(alike(9, 0.99)), 0.9);
  });
});

describe("similarityGroups(vectors) with the bundled model", () => {
  it("joins altered copies of the clothing pictures to their originals, and no two different pictures", async () => {
    const files = (await listImages(projectFile("images/clothing"))).filter((_, i) => i % 4 === 0);
    const alterations = [
      (file: string) => sharp(file).jpeg({ quality: 40 }),
      (file: string) => sharp(file).modulate({ brightness: 1.1 }).png(),
      (file: string) => sharp(file).flop().png(),
    ];
    const copies = alterations.flatMap((alter) => files.map((file) => alter(file).toBuffer()));
    const model = await loadModel("efficientnet-lite0");
    try {
      const { cls } = await model.extract([...files, ...(await Promise.all(copies))]);
      const { groups, count, threshold: own } = await similarityGroups(cls);
      assert.equal(files.length, 25);
      assert.equal(count, 25, `under ${own}`);
      groups.forEach((group, i) => {
        assert.equal(group, i % 25);
      });
    } finally {
      await model.close();
    }
  });
});
