import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { ShapeError } from "#dist/core/errors.js";
import { evenSplitProbability, mcnemar } from "#dist/core/evaluate/mcnemar.js";
import { signFlipProbability } from "#dist/core/evaluate/sign-flips.js";
import { fixture } from "../../support/fixtures.js";

const expected = JSON.parse(readFileSync(fixture("numeric/evaluation.json"), "utf8"));

const outcomes = fc.array(fc.tuple(fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 60 });
const sides = (pairs: [boolean, boolean][]) => [pairs.map(([a]) => a), pairs.map(([, b]) => b)] as const;

describe("mcnemar(rightA, rightB)", () => {
  it("gives SciPy's exact binomial probability, up to 10,000 rows on which the two differ", () => {
    assert.equal(expected.mcnemar.length, 12);
    for (const [a, b, pValue] of expected.mcnemar) {
      const found = evenSplitProbability(a, b);
      assert.ok(Math.abs(found - pValue) <= 1e-9 * pValue, `${found} for ${a} and ${b} where ${pValue} is expected`);
    }
  });

  it("counts each row once, and is the same test with the two exchanged", () => {
    fc.assert(
      fc.property(outcomes, (pairs) => {
        const [a, b] = sides(pairs);
        const test = mcnemar(a, b);
        assert.equal(test.bothRight + test.onlyA + test.onlyB + test.neither, pairs.length);
        assert.equal(test.bothRight + test.onlyA, a.filter(Boolean).length);
        assert.equal(test.bothRight + test.onlyB, b.filter(Boolean).length);
        const { onlyA, onlyB, ...rest } = mcnemar(b, a);
        assert.deepEqual({ ...rest, onlyA: onlyB, onlyB: onlyA }, test);
      }),
    );
  });

  it("does not depend on the order of the rows, nor on those where the two agree", () => {
    fc.assert(
      fc.property(outcomes, fc.nat(20), (pairs, agreeing) => {
        const { pValue } = mcnemar(...sides(pairs));
        const more = [...pairs]
          .reverse()
          .concat(Array.from({ length: agreeing }, (_, i) => [i % 2 === 0, i % 2 === 0]));
        assert.equal(mcnemar(...sides(more)).pValue, pValue);
      }),
    );
  });

  it("is a probability that falls as the split grows more uneven", () => {
    for (const n of [1, 2, 9, 40, 1001])
      for (let a = Math.floor(n / 2); a > 0; a--) {
        const [nearer, farther] = [evenSplitProbability(a, n - a), evenSplitProbability(a - 1, n - a + 1)];
        assert.ok(nearer > farther && nearer <= 1 && farther >= 0);
      }
  });

  it("gives a group of rows one coin: each group said by a single row is the plain test", () => {
    fc.assert(
      fc.property(outcomes, (pairs) => {
        const [a, b] = sides(pairs);
        const plain = mcnemar(a, b);
        const { pValue } = mcnemar(a, b, { groups: pairs.map((_, row) => row) });
        assert.ok(Math.abs(pValue - plain.pValue) <= 1e-9 * plain.pValue);
        // copies are counted, and say nothing more
        const copied = mcnemar([...a, ...a, ...a], [...b, ...b, ...b], {
          groups: [0, 1, 2].flatMap(() => pairs.map((_, row) => row)),
        });
        assert.equal(copied.onlyA, 3 * plain.onlyA);
        assert.ok(Math.abs(copied.pValue - plain.pValue) <= 1e-9 * plain.pValue);
      }),
    );
  });

  it("counts every way in which groups of any size may fall", () => {
    const leads = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(leads, (terms) => {
        const whole = Math.abs(terms.reduce((sum, term) => sum + term, 0));
        let [ways, far] = [0, 0];
        for (let signs = 0; signs < 2 ** terms.length; signs++, ways++) {
          const sum = terms.reduce((found, term, i) => found + (signs & (1 << i) ? term : -term), 0);
          if (Math.abs(sum) >= whole) far++;
        }
        assert.ok(Math.abs(signFlipProbability(terms) - far / ways) < 1e-12);
      }),
    );
  });

  it("takes numbers for truth values, and refuses lists that are empty or of different lengths", () => {
    assert.deepEqual(mcnemar(Uint8Array.of(1, 0, 1), [true, true, false]), {
      ...{ bothRight: 1, onlyA: 1, onlyB: 1, neither: 0, pValue: 1 },
    });
    assert.throws(() => mcnemar([], []), ShapeError);
    assert.throws(() => mcnemar([true], [true, false]), /rightB holds 2 entries where there are 1/);
  });
});
