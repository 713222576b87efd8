import assert from "node:assert/strict";
import { createComms } from "#dist/kernel/cells/comms.js";
import type { CommEvent } from "#dist/kernel/cells/messages.js";

const event = (id: string, msg_id: string, more: Partial<CommEvent> = {}): CommEvent => {
  const request = { msg_id, msg_type: "comm_msg" };
  return { type: "comm", event: "message", id, data: {}, metadata: {}, buffers: [], request, ...more };
};

describe("createComms(emit)", () => {
  it("marks what is sent while a page's message is heard with that message, and nothing else", async () => {
    const sent: CommEvent[] = [];
    const comms = createComms((one) => sent.push(one));
    const line = comms.open("target", { data: {} });
    line.onMessage(async () => {
      line.send({ data: { at: "once" } });
      await undefined;
      line.send({ data: { at: "later" } });
    });
    comms.receive(event(line.id, "m"));
    await new Promise((done) => setImmediate(done));
    line.send({ data: { at: "unasked" } });
    comms.receive(event("page", "o", { event: "open", target: "nobody" }));
    assert.deepEqual(
      sent.map(({ event: kind, data, request }) => [kind, data.at, request?.msg_id]),
      [
        ["open", undefined, undefined],
        ["message", "once", "m"],
        ["message", "later", undefined],
        ["message", "unasked", undefined],
        ["close", undefined, "o"],
      ],
    );
  });

  it("forgets the message when its listener throws", () => {
    const sent: CommEvent[] = [];
    const comms = createComms((one) => sent.push(one));
    const line = comms.open("target", { data: {} });
    line.onMessage(() => {
      throw new Error("in the listener");
    });
    assert.throws(() => comms.receive(event(line.id, "m")), /in the listener/);
    line.send({ data: {} });
    assert.equal(sent.at(-1)?.request, undefined);
  });
});
