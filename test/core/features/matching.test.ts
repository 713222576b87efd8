import assert from "node:assert/strict";
import fc from "fast-check";
import sharp from "sharp";
import { ModelMismatchError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import { matchPatches, matchRegion } from "#dist/core/features/matching.js";
import { loadModel } from "#dist/core/model/load.js";
import type { Patches } from "#dist/core/numeric/matrix.js";
import { picture } from "../../support/pictures.js";
import { normalMatrix } from "../../support/samples.js";

/** Random patches; `rows` x `cols` of them. */
function randomPatches(rows: number, cols: number, seed: number, dim = 6): Patches {
  return { data: normalMatrix(rows * cols, dim, seed, { deviation: () => 1 }).data, rows, cols, dim };
}

/** All cosines, by their definition. */
function cosines(a: Patches, b: Patches): number[][] {
  const row = ({ data, dim }: Patches, i: number): number[] => [...data.subarray(i * dim, (i + 1) * dim)];
  const dot = (x: number[], y: number[]): number => x.reduce((sum, v, j) => sum + v * y[j], 0);
  return Array.from({ length: a.rows * a.cols }, (_, i) =>
    Array.from({ length: b.rows * b.cols }, (_, j) => {
      const [x, y] = [row(a, i), row(b, j)];
      return Math.fround(dot(x, y) / Math.sqrt(dot(x, x)) / Math.sqrt(dot(y, y)));
    }),
  );
}

describe("matchPatches(a, b)", () => {
  it("gives each patch the largest of its cosines and its place, both ways, and the pairs that choose each other", async () => {
    const [a, b] = [randomPatches(4, 5, 1), randomPatches(3, 6, 2)];
    const match = await matchPatches(a, b);
    const all = cosines(a, b);
    const columns = all[0].map((_, j) => all.map((line) => line[j]));
    for (const [side, lines] of [
      [match.a, all],
      [match.b, columns],
    ] as const)
      lines.forEach((line, i) => {
        assert.equal(side.best[i], line.indexOf(Math.max(...line)));
        assert.ok(Math.abs(side.data[i] - Math.max(...line)) < 1e-6);
      });
    const mutual = [...match.a.best.keys()].filter((i) => match.b.best[match.a.best[i]] === i);
    assert.ok(mutual.length > 2);
    assert.deepEqual(
      match.pairs.map((pair) => pair.a).sort((x, y) => x - y),
      mutual,
    );
    for (const pair of match.pairs)
      assert.deepEqual([pair.b, pair.similarity], [match.a.best[pair.a], match.a.data[pair.a]]);
    assert.deepEqual([match.a.rows, match.a.cols, match.b.rows, match.b.cols], [4, 5, 3, 6]);
  });

  it("names its pairs best first", async () => {
    const { pairs } = await matchPatches(randomPatches(6, 6, 3), randomPatches(6, 6, 4));
    for (let i = 1; i < pairs.length; i++) assert.ok(pairs[i - 1].similarity >= pairs[i].similarity);
  });

  it("finds every patch of a picture at its new place when the patches are shuffled", async () => {
    const a = randomPatches(5, 5, 5);
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(
          Array.from({ length: 25 }, (_, i) => i),
          { minLength: 25 },
        ),
        async (order) => {
          const data = Float32Array.from(order.flatMap((i) => [...a.data.subarray(i * a.dim, (i + 1) * a.dim)]));
          const match = await matchPatches(a, { ...a, data });
          assert.deepEqual([...match.b.best], order);
          assert.equal(match.pairs.length, 25);
          assert.ok(match.pairs.every(({ similarity }) => similarity > 1 - 1e-6));
        },
      ),
      { numRuns: 10 },
    );
  });

  it("says the same of b and a as of a and b, with the sides changed", async () => {
    const [a, b] = [randomPatches(4, 4, 6), randomPatches(5, 3, 7)];
    const [there, back] = [await matchPatches(a, b), await matchPatches(b, a)];
    assert.deepEqual(there.a, back.b);
    assert.deepEqual(there.b, back.a);
    assert.deepEqual(
      new Set(there.pairs.map((pair) => `${pair.a} ${pair.b}`)),
      new Set(back.pairs.map((pair) => `${pair.b} ${pair.a}`)),
    );
  });

  it("takes the lower index of equal patches, and does not compare patches of zeros", async () => {
    const one = { data: Float32Array.of(0, 0, 1, 0, 1, 0, 0, 1), rows: 2, cols: 2, dim: 2 };
    const match = await matchPatches(one, { data: Float32Array.of(2, 0, 0, 0, 2, 0), rows: 1, cols: 3, dim: 2 });
    assert.deepEqual([...match.a.best], [-1, 0, 0, 0]);
    assert.deepEqual([...match.a.data], [0, 1, 1, 0]);
    assert.deepEqual([...match.b.best], [1, -1, 1]);
    assert.deepEqual(match.pairs, [{ a: 1, b: 0, similarity: 1 }]);
    const nothing = await matchPatches(one, { ...one, data: new Float32Array(8) });
    assert.deepEqual([[...nothing.a.best], nothing.pairs], [[-1, -1, -1, -1], []]);
  });

  it("refuses patches of two models, of other sizes or with NaN, and says of which picture", async () => {
    const a = { ...randomPatches(2, 2, 1), modelName: "one" };
    await assert.rejects(
      matchPatches(a, { ...a, modelName: "two" }),
      (e: Error) => e instanceof ModelMismatchError && /b comes from two where a comes from one/.test(e.message),
    );
    await assert.rejects(matchPatches(a, randomPatches(2, 2, 1, 5)), (e: Error) => e instanceof ShapeError);
    await assert.rejects(matchPatches(a, { ...a, rows: 3 }), ShapeError);
    await assert.rejects(matchPatches(undefined as never, a), ShapeError);
    const bad = { ...a, data: a.data.map((v, i) => (i === 7 ? Number.NaN : v)) };
    await assert.rejects(matchPatches(a, bad), (e: Error) => e instanceof NotFiniteError && e.row === 1);
  });
});

describe("matchRegion(query, region, candidate)", () => {
  const view = { left: 0, top: 0, width: 50, height: 40 };
  const query: Patches = {
    ...randomPatches(4, 5, 1),
    picture: { name: "a.jpg", source: "a.jpg", width: 50, height: 40, view },
  };

  it("is the mean, over the box's patches, of their best cosine, and compares no other patch", async () => {
    const candidate = randomPatches(3, 3, 8);
    const match = await matchRegion(query, { left: 10, top: 20, width: 20, height: 10 }, candidate);
    const covered = [11, 12];
    const best = cosines(query, candidate).map((line) => Math.max(...line));
    assert.ok(Math.abs(match.similarity - (best[11] + best[12]) / 2) < 1e-6);
    assert.deepEqual(
      [...match.covered.keys()].filter((i) => match.covered[i]),
      covered,
    );
    match.a.best.forEach((other, i) => {
      assert.equal(other >= 0, covered.includes(i));
    });
    assert.ok(match.b.best.every((other) => covered.includes(other)));
    assert.ok(match.pairs.every((pair) => covered.includes(pair.a)));
  });

  it("is what matchPatches finds where the box is the whole picture", async () => {
    const candidate = randomPatches(3, 3, 8);
    const { similarity, region, covered, ...match } = await matchRegion(query, view, candidate);
    assert.deepEqual(match, await matchPatches(query, candidate));
    const mean = match.a.data.reduce((sum, v) => sum + v, 0) / 20;
    assert.ok(Math.abs(similarity - mean) < 1e-12);
    assert.deepEqual([region, covered], [view, new Uint8Array(20).fill(1)]);
  });

  it("finds a shirt's print again where it lies in a crop, and not in a picture of shoes", async () => {
    const model = await loadModel("efficientnet-lite0");
    const source = picture("clothing/t-shirt/t-shirt-06");
    const crop = { left: 80, top: 70, width: 260, height: 302 };
    const cropped = await sharp(source).extract(crop).jpeg({ quality: 60 }).toBuffer();
    const { patches } = await model.extract([source, cropped, picture("clothing/shoes/shoes-01")], {
      size: 448,
      fit: "squash",
    });
    const print = { left: 160, top: 163, width: 100, height: 140 };
    const [own, other] = await Promise.all([1, 2].map((i) => matchRegion(patches[0], print, patches[i])));
    assert.ok(own.similarity > other.similarity + 0.3, `${own.similarity} against ${other.similarity}`);
    assert.deepEqual([own.modelName, own.inputSize, own.a.picture?.name], [model.name, [448, 448], source]);
    const found = own.a.best.filter((place) => place >= 0);
    const mean = (of: (place: number) => number): number =>
      found.reduce((sum, p) => sum + of(p), 0) / found.length / 14;
    const [x, y] = [mean((p) => (p % 14) + 0.5), mean((p) => Math.floor(p / 14) + 0.5)];
    const middle = [(print.left + 50 - crop.left) / crop.width, (print.top + 70 - crop.top) / crop.height];
    assert.ok(Math.hypot(x - middle[0], y - middle[1]) < 0.15, `${x}, ${y} where ${middle} is expected`);
    await model.close();
  });

  it("refuses a box outside the picture", async () => {
    await assert.rejects(matchRegion(query, { left: 60, top: 0, width: 5, height: 5 }, query), {
      name: "ArgumentError",
      argument: "region",
    });
  });
});
