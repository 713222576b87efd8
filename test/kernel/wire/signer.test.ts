import assert from "node:assert/strict";
import fc from "fast-check";
import { Signer } from "#dist/kernel/wire/signer.js";

const bytes = (text: string): Buffer => Buffer.from(text);

describe("Signer", () => {
  it("signs as RFC 4231 says (test case 2)", () => {
    const signature = new Signer("hmac-sha256", "Jefe").sign(["what do ya want ", bytes("for nothing?")]);
    assert.equal(signature, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  });

  it("accepts what it has signed, once", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array(), { minLength: 4, maxLength: 4 }), (parts) => {
        const signer = new Signer("hmac-sha256", "key");
        const signature = bytes(signer.sign(parts));
        assert.equal(signer.check(signature, parts), undefined);
        assert.equal(signer.check(signature, parts), "came a second time");
      }),
    );
  });

  it("refuses every other signature, and then still accepts the right one", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (wrong) => {
        const signer = new Signer("hmac-sha256", "key");
        const parts = [bytes("x")];
        assert.equal(signer.check(wrong, parts), "has a wrong signature");
        assert.equal(signer.check(bytes(signer.sign(parts)), parts), undefined);
      }),
    );
    const signer = new Signer("hmac-sha256", "key");
    assert.equal(signer.check(bytes(""), [bytes("x")]), "is not signed");
    const upper = bytes(signer.sign(["x"]).toUpperCase());
    assert.equal(signer.check(upper, [bytes("x")]), "has a wrong signature");
  });

  it("accepts everything, however often, without a key", () => {
    const signer = new Signer("hmac-sha256", "");
    for (const signature of ["", "", "x"]) assert.equal(signer.check(bytes(signature), [bytes("x")]), undefined);
  });

  it("remembers the last 65,536 messages and forgets older ones", () => {
    const signer = new Signer("hmac-sha256", "key");
    const check = (index: number): string | undefined => {
      const part = bytes(String(index));
      return signer.check(bytes(signer.sign([part])), [part]);
    };
    for (let index = 0; index <= 65_536; index++) check(index);
    assert.equal(check(1), "came a second time");
    assert.equal(check(0), undefined);
  });
});
