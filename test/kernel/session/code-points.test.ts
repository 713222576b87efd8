import assert from "node:assert/strict";
import fc from "fast-check";
import { characterAtOffset, offsetOfCharacter } from "#dist/kernel/session/code-points.js";

describe("places in code", () => {
  it("count an emoji as one character and two units", () => {
    assert.equal(offsetOfCharacter("a😀b", 2), 3);
    assert.equal(characterAtOffset("a😀b", 3), 2);
  });

  it("come back as they were, for every character of any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.nat(), (text, place) => {
        const characters = Array.from(text);
        const character = place % (characters.length + 1);
        const offset = offsetOfCharacter(text, character);
        assert.equal(text.slice(0, offset), characters.slice(0, character).join(""));
        assert.equal(characterAtOffset(text, offset), character);
      }),
    );
  });
});
