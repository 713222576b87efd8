import assert from "node:assert/strict";
import fc from "fast-check";
import { packState, unpackState } from "#dist/widgets/live/wire.js";

/** JSON with bytes anywhere in it. */
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.string(),
    fc.uint8Array({ maxLength: 9 }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(
      fc.string().filter((key) => key !== "__proto__"),
      tie("value"),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
}));
const state = fc.dictionary(fc.stringMatching(/^[a-z]+$/), value, { noNullPrototype: true });

describe("packState(state) and unpackState(state, paths, buffers)", () => {
  it("give back any state that went over the wire", () => {
    fc.assert(
      fc.property(state, (given) => {
        const packed = packState(given);
        const { state: sent, buffer_paths } = JSON.parse(JSON.stringify(packed));
        assert.deepEqual(unpackState(sent, buffer_paths, packed.buffers), given);
      }),
    );
  });

  it("leave the given state as it is, and share no memory with it", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        const given = { list: [{ bytes }] };
        const { buffers } = packState(given);
        assert.equal(given.list[0].bytes, bytes);
        bytes[0] ^= 255;
        assert.notEqual(buffers[0][0], bytes[0]);
      }),
    );
  });

  it("refuse paths that lead nowhere, whatever they are", () => {
    const bytes = [Uint8Array.of(1)];
    for (const path of [[], ["a", "b"], ["list", 9, "x"], ["__proto__"], ["constructor", "x"], "a", null, ["text", 0]])
      assert.throws(() => unpackState({ list: [1], text: "t" }, [path], bytes), { name: "ArgumentError" });
    assert.throws(() => unpackState({}, [["a"]], []), { name: "ArgumentError" });
    assert.equal("x" in {}, false);
  });
});
