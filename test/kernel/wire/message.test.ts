import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeFrames, encodeFrames } from "#dist/kernel/wire/message.js";
import { Signer } from "#dist/kernel/wire/signer.js";

const toBytes = (frames: (string | Uint8Array)[]): Buffer[] => frames.map((frame) => Buffer.from(frame as string));

function problem(frames: (string | Uint8Array)[], key = ""): string {
  const received = decodeFrames(toBytes(frames), new Signer("hmac-sha256", key));
  return "problem" in received ? received.problem : "nothing";
}

const header = JSON.stringify({ msg_id: "1", msg_type: "t" });

describe("encodeFrames and decodeFrames", () => {
  it("bring a message across as it was", () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true });
    const identity = fc.uint8Array({ minLength: 1 });
    fc.assert(
      fc.property(
        fc.record({ type: fc.string({ minLength: 1 }), content: object, metadata: object }),
        fc.array(identity, { maxLength: 3 }),
        fc.array(fc.uint8Array(), { maxLength: 3 }),
        (draft, route, buffers) => {
          const sender = new Signer("hmac-sha256", "key");
          const { id, frames } = encodeFrames({ ...draft, buffers }, route, sender);
          const received = decodeFrames(toBytes(frames), new Signer("hmac-sha256", "key"));
          assert.ok("message" in received);
          const { message } = received;
          assert.deepEqual([message.header.msg_id, message.header.msg_type], [id, draft.type]);
          assert.deepEqual(message.content, JSON.parse(JSON.stringify(draft.content)));
          assert.deepEqual(message.metadata, JSON.parse(JSON.stringify(draft.metadata)));
          assert.deepEqual(message.identities.map(String), toBytes(route).map(String));
          assert.deepEqual(message.buffers.map(String), toBytes(buffers).map(String));
        },
      ),
    );
  });

  it("carry the whole header of the request as the parent of what answers it", () => {
    const parent = { msg_id: "1", msg_type: "t", session: "s", extra: { deep: [1] } };
    const { frames } = encodeFrames({ type: "x", parent, content: {} }, [], new Signer("hmac-sha256", ""));
    assert.deepEqual(JSON.parse(String(frames[3])), parent);
    const { date, version, session, username } = JSON.parse(String(frames[2]));
    assert.equal(new Date(date).toISOString(), date);
    assert.deepEqual([version, typeof session, typeof username], ["5.4", "string", "string"]);
  });

  it("replace half a character by the sign for one that is lost, and leave whole ones alone", () => {
    const content = { text: "a\ud800b \udc00 😀 \\ud800 \\\ud800" };
    const { frames } = encodeFrames({ type: "x", content }, [], new Signer("hmac-sha256", ""));
    assert.equal(JSON.parse(String(frames[5])).text, "a\ufffdb \ufffd 😀 \\ud800 \\\ufffd");
  });

  it("say what is wrong with frames that are no message", () => {
    assert.equal(problem([]), "has no frame <IDS|MSG>");
    assert.equal(problem(["id", "<IDS|MSG>"]), "lacks some of its parts");
    assert.equal(problem(["<IDS|MSG>", "", header, "{}", "{}"]), "lacks some of its parts");
    assert.equal(problem(["<IDS|MSG>", "", "{", "{}", "{}", "{}"]), "has a header that is not JSON");
    assert.equal(problem(["<IDS|MSG>", "", "[]", "{}", "{}", "{}"]), "has a header that is not an object");
    assert.equal(problem(["<IDS|MSG>", "", "{}", "{}", "{}", "{}"]), "has no msg_id");
    assert.equal(problem(["<IDS|MSG>", "", '{"msg_id":"1","msg_type":""}', "{}", "{}", "{}"]), "has an empty msg_type");
    assert.equal(problem(["<IDS|MSG>", "", header, "null", "{}", "{}"]), "has a parent header that is not an object");
    assert.equal(problem(["<IDS|MSG>", "", header, "{}", "1", "{}"]), "has a metadata that is not an object");
    const notUtf8 = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
    assert.equal(problem(["<IDS|MSG>", "", header, "{}", "{}", notUtf8]), "has a content that is not JSON");
    assert.equal(problem(["<IDS|MSG>", "", header, "{}", "{}", "{}"], "key"), "is not signed");
    assert.equal(problem(["<IDS|MSG>", "00", header, "{}", "{}", "{}"], "key"), "has a wrong signature");
    assert.equal(problem(["<IDS|MSG>", "", header, "{}", "{}", "{}"]), "nothing");
  });

  it("never throw over frames, whatever they hold", () => {
    const frame = fc.oneof(fc.uint8Array(), fc.json(), fc.constantFrom("<IDS|MSG>", "", "{}", header));
    const signer = new Signer("hmac-sha256", "");
    fc.assert(
      fc.property(fc.array(frame as fc.Arbitrary<string | Uint8Array>, { maxLength: 9 }), (frames) => {
        const received = decodeFrames(toBytes(frames), signer);
        if ("message" in received) assert.equal(typeof received.message.header.msg_id, "string");
        else assert.notEqual(received.problem, "");
      }),
    );
  });
});
