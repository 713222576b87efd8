import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import fc from "fast-check";
import { readMessages, sendMessage } from "#dist/kernel/cells/framing.js";

describe("readMessages(stream)", () => {
  it("gives back what sendMessage wrote, however the bytes are split", () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.uint8Array({ maxLength: 300 }),
      fc.record({ type: fc.string({ unit: "grapheme" }), list: fc.array(fc.double()) }, { noNullPrototype: true }),
    );
    fc.assert(
      fc.property(fc.array(value, { maxLength: 8 }), fc.integer({ min: 1, max: 40 }), (messages, size) => {
        const out = new PassThrough({ highWaterMark: 1e6 });
        for (const message of messages) sendMessage(out, message);
        const bytes: Buffer = out.read() ?? Buffer.alloc(0);
        const received: unknown[] = [];
        const stream = new PassThrough();
        readMessages(stream, (message) => received.push(message));
        // As the stream itself would hand the pieces out, without its turns of the event loop.
        for (let at = 0; at < bytes.length; at += size) stream.emit("data", bytes.subarray(at, at + size));
        const plain = (item: unknown): unknown => (item instanceof Uint8Array ? [...item] : item);
        assert.deepEqual(received.map(plain), messages.map(plain));
      }),
    );
  });
});
