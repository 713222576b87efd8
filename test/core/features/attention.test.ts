import assert from "node:assert/strict";
import fc from "fast-check";
import { ArgumentError, NotFiniteError, ShapeError } from "#dist/core/errors.js";
import { attentionMap } from "#dist/core/features/attention.js";
import { loadModel } from "#dist/core/model/load.js";
import type { Attention } from "#dist/core/model/model.js";
import { maxDifference } from "../../support/compare.js";
import { fixture } from "../../support/fixtures.js";
import { shoes } from "../../support/pictures.js";

/** Two heads, two tokens, two others before 2 x 3 patches. */
const attention: Attention = {
  data: Float32Array.of(
    ...[0.1, 0.1, 0.3, 0.05, 0.05, 0.2, 0.15, 0.05],
    ...[0, 0, 0, 0, 1, 0, 0, 0],
    ...[0.3, 0.3, 0, 0.1, 0.1, 0.1, 0.05, 0.05],
    ...[0.5, 0.5, 0, 0, 0, 0, 0, 0],
  ),
  ...{ heads: 2, from: 2, tokens: 8, prefix: 2, rows: 2, cols: 3, layer: 11 },
};

/** A record of one head and token over n patches after a class token. */
function single(weights: readonly number[]): Attention {
  const data = Float32Array.of(0.25, ...weights);
  const [tokens, cols] = [data.length, weights.length];
  return { data, heads: 1, from: 1, tokens, prefix: 1, rows: 1, cols, layer: 0 };
}

describe("attentionMap(attention, options)", () => {
  it("gives each head's weights to the patches, their mean, and how much goes to patches at all", () => {
    const map = attentionMap(attention);
    assert.deepEqual([map.heads, map.rows, map.cols, map.layer, map.mass], [2, 2, 3, 11, 0.6]);
    const close = (a: ArrayLike<number>, b: number[]) => assert.ok(maxDifference(a, b) < 1e-6);
    close(map.data, [0.3, 0.05, 0.05, 0.2, 0.15, 0.05, 0, 0.1, 0.1, 0.1, 0.05, 0.05]);
    close(map.mean, [0.15, 0.075, 0.075, 0.15, 0.1, 0.05]);
    close(map.patchShare, [0.8, 0.4]);
    assert.deepEqual([map.head, map.token, map.picture], [undefined, undefined, undefined]);
  });

  it("gives one head or another of the record's tokens, with the mean over all heads", () => {
    const one = attentionMap(attention, { head: 1 });
    assert.deepEqual([one.heads, one.head, one.data.length, one.masks.length], [1, 1, 6, 6]);
    assert.ok(maxDifference(one.mean, attentionMap(attention).mean) === 0);
    const second = attentionMap(attention, { from: 1 });
    assert.deepEqual([...second.data], [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert.deepEqual([...second.masks], [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it("keeps 60 % of the mass as DINO's script does in PyTorch", () => {
    const weights = [0.02, 0.31, 0.05, 0.11, 0.17, 0.01, 0.07, 0.01];
    assert.deepEqual([...attentionMap(single(weights)).masks], [0, 1, 0, 0, 1, 0, 0, 0]);
    assert.deepEqual([...attentionMap(single(weights), { mass: 0.9 }).masks], [0, 1, 1, 1, 1, 0, 1, 0]);
  });

  it("keeps at least the share asked for, with no patch to spare, and never a weaker one than it drops", () => {
    const weight = fc.integer({ min: 0, max: 1000 });
    fc.assert(
      fc.property(
        fc.array(weight, { minLength: 1, maxLength: 40 }).filter((w) => w.some((v) => v > 0)),
        fc.integer({ min: 1, max: 99 }),
        (weights, percent) => {
          const { masks } = attentionMap(single(weights), { mass: percent / 100 });
          const kept = weights.filter((_, i) => masks[i]);
          const dropped = weights.filter((_, i) => !masks[i]);
          const total = weights.reduce((a, b) => a + b);
          const held = kept.reduce((a, b) => a + b, 0);
          assert.ok(held / total >= percent / 100 - 1e-9);
          assert.ok((held - Math.min(...kept)) / total <= percent / 100 + 1e-9);
          assert.ok(Math.min(...kept) >= Math.max(0, ...dropped));
        },
      ),
    );
  });

  it("knows whose attention it is where the record does", () => {
    const tokenOf = (whose: Attention["whose"], from = 0, counted = attention) =>
      attentionMap({ ...counted, whose }, { from }).token;
    assert.deepEqual(tokenOf("cls"), { kind: "cls" });
    const places = [
      [1, 2],
      [0, 1],
    ] as const;
    assert.deepEqual(tokenOf(places, 1), { kind: "patch", row: 0, column: 1 });
    const all: Attention = { ...attention, data: new Float32Array(2 * 8 * 8).fill(1 / 8), from: 8 };
    assert.deepEqual(
      [0, 1, 2, 6].map((from) => tokenOf("all", from, all)),
      [
        { kind: "cls" },
        { kind: "register", index: 0 },
        { kind: "patch", row: 0, column: 0 },
        { kind: "patch", row: 1, column: 1 },
      ],
    );
    assert.deepEqual(tokenOf(undefined, 7, all), { kind: "patch", row: 1, column: 2 });
  });

  it("takes what extract gives, and passes on picture, model and size", async () => {
    const model = await loadModel(fixture("models/dinov2-registers"));
    const { attentions } = await model.extract([shoes[0]], { size: [42, 56], attention: { from: [[1, 3]], layer: 1 } });
    const map = attentionMap(attentions![0]);
    assert.deepEqual([map.rows, map.cols, map.heads, map.layer], [3, 4, 3, 1]);
    assert.deepEqual(map.token, { kind: "patch", row: 1, column: 3 });
    assert.deepEqual([map.picture?.name, map.modelName, map.inputSize], [shoes[0], model.name, [42, 56]]);
    const [cls] = (await model.extract([shoes[0]], { size: 56, attention: true })).attentions!;
    assert.deepEqual(attentionMap(cls).token, { kind: "cls" });
    const [all] = (await model.extract([shoes[0]], { size: 56, attention: { from: "all" } })).attentions!;
    assert.deepEqual(attentionMap(all, { from: 2 }).token, { kind: "register", index: 1 });
    assert.ok(maxDifference(attentionMap(all).data, attentionMap(cls).data) < 1e-6);
    await model.close();
  });

  it("refuses tokens, heads and shares that are not there, and records that do not fit", () => {
    for (const from of [-1, 2, 0.5]) assert.throws(() => attentionMap(attention, { from }), { argument: "from" });
    for (const head of [-1, 2, 0.5]) assert.throws(() => attentionMap(attention, { head }), { argument: "head" });
    for (const mass of [0, -1, 1.1, Number.NaN]) assert.throws(() => attentionMap(attention, { mass }), ArgumentError);
    assert.throws(() => attentionMap({ ...attention, rows: 3 }), ShapeError);
    assert.throws(() => attentionMap({ ...attention, heads: 3 }), ShapeError);
    assert.throws(() => attentionMap({} as never), ShapeError);
    const data = attention.data.slice();
    data[2 * 8 + 3] = Number.NaN;
    assert.throws(
      () => attentionMap({ ...attention, data }),
      (e: Error) => e instanceof NotFiniteError && e.row === 2,
    );
  });
});
