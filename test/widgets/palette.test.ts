import assert from "node:assert/strict";
import { categorise, none } from "#dist/widgets/categories.js";
import { categoryStyles, magma, numberStyle } from "#dist/widgets/palette.js";

describe("categoryStyles(n)", () => {
  it("gives each of up to 64 categories a look of its own", () => {
    for (let n = 1; n <= 64; n++) {
      const looks = categoryStyles(n).map(({ colour, symbol }) => `${colour} ${symbol}`);
      assert.equal(new Set(looks).size, n);
    }
  });

  it("tells up to eight apart by colour alone, and neighbours past that by their mark", () => {
    assert.equal(new Set(categoryStyles(8).map(({ colour }) => colour)).size, 8);
    const many = categoryStyles(12);
    for (let i = 1; i < many.length; i++) assert.notEqual(many[i].symbol, many[i - 1].symbol);
  });
});

describe("numberStyle(number)", () => {
  it("gives the first eight numbers colours of their own, each read on its colour as WCAG asks", () => {
    const luminance = (colour: string): number => {
      const [r, g, b] = [1, 3, 5].map((i) => {
        const v = Number.parseInt(colour.slice(i, i + 2), 16) / 255;
        return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const styles = Array.from({ length: 8 }, (_, i) => numberStyle(i + 1));
    assert.equal(new Set(styles.map(({ colour }) => colour)).size, 8);
    for (const { colour, text } of styles) {
      const [light, dark] = [luminance(colour), luminance(text)].sort((a, b) => b - a);
      assert.ok((light + 0.05) / (dark + 0.05) >= 4.5, `${text} on ${colour}`);
    }
    assert.deepEqual(numberStyle(9), numberStyle(1));
  });
});

describe("magma(t)", () => {
  it("grows lighter all the way", () => {
    const luminance = Array.from({ length: 256 }, (_, i) => {
      const [r, g, b] = magma(i / 255);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    });
    // one level of 255 is lost to rounding
    for (let i = 1; i < 256; i++) assert.ok(luminance[i] > luminance[i - 1] - 1, `at ${i}`);
    for (let i = 8; i < 256; i++) assert.ok(luminance[i] > luminance[i - 8], `at ${i}`);
  });

  it("ends at matplotlib's end colours and cuts what lies outside", () => {
    assert.deepEqual([magma(0), magma(1)], [magma(-3), magma(7)]);
    assert.deepEqual(
      [magma(0), magma(1)],
      [
        [0, 0, 4],
        [252, 253, 191],
      ],
    );
  });
});

describe("categorise(labels)", () => {
  it("does not depend on the order of the rows", () => {
    const labels = ["b", "a", undefined, "item 10", "item 9", "a"];
    const there = categorise(labels, labels.length);
    const back = categorise([...labels].reverse(), labels.length);
    assert.deepEqual(there.list, back.list);
    assert.deepEqual(
      there.list.map(({ name }) => name),
      ["a", "b", "item 9", "item 10"],
    );
    assert.deepEqual([...there.of], [...back.of].reverse());
    assert.equal(there.of[2], none);
  });

  it("puts the rarest of more than 64 labels together", () => {
    const labels = Array.from({ length: 70 }, (_, i) => [`l${i}`, ...(i < 60 ? [`l${i}`] : [])]).flat();
    const { list, of } = categorise(labels, labels.length);
    assert.equal(list.length, 65);
    assert.deepEqual([list[64].name, list[64].count], ["other", 6]);
    assert.equal(of.filter((place) => place === 64).length, 6);
  });
});
