import assert from "node:assert/strict";
import fc from "fast-check";
import { numberColumn, shortNumber } from "#dist/kernel/values/number-text.js";

describe("numberColumn(values)", () => {
  it("writes each number to within its last digit, however the numbers are", () => {
    const values = fc.array(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(values, (numbers) => {
        const largest = Math.max(...numbers.map(Math.abs));
        for (const [i, text] of numberColumn(numbers).entries()) {
          assert.ok(Math.abs(Number(text) - numbers[i]!) <= largest * 1e-3, `${text} for ${numbers[i]}`);
        }
      }),
    );
  });

  it("has the same decimals in all of a column, no more than are needed, and keeps whole numbers whole", () => {
    assert.deepEqual(numberColumn([0.5, -12.25, 3]), ["0.50", "-12.25", "3.00"]);
    assert.deepEqual(numberColumn([Math.PI, 100 * Math.PI]), ["3.1", "314.2"]);
    assert.deepEqual(numberColumn([1, 1_000_000, -3]), ["1", "1000000", "-3"]);
    assert.deepEqual(numberColumn([-0.00001, 0.5]), ["0.0", "0.5"]);
  });

  it("names NaN and infinities, leaves a gap for what is missing, and takes bigints", () => {
    assert.deepEqual(numberColumn([Number.NaN, 1.5, undefined, Number.NEGATIVE_INFINITY]), [
      "NaN",
      "1.5",
      "",
      "-Infinity",
    ]);
    assert.deepEqual(numberColumn([12n, -3n]), ["12", "-3"]);
  });

  it("writes what is very large or very small as powers of ten", () => {
    assert.deepEqual(numberColumn([1.5e9, 0.25]), ["1.500e+9", "2.500e-1"]);
    assert.deepEqual(numberColumn([1.25e-5]), ["1.250e-5"]);
  });
});

describe("shortNumber(value)", () => {
  it("has four digits, and all of a whole number", () => {
    assert.deepEqual([1 / 3, -1234.56, 123456, 1.5e-7, Number.NaN].map(shortNumber), [
      "0.3333",
      "-1235",
      "123456",
      "1.500e-7",
      "NaN",
    ]);
  });
});
