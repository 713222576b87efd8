/** Signatures that tell messages of whoever holds the connection file from all others. */
import { createHmac, getHashes, timingSafeEqual } from "node:crypto";
import { ArgumentError } from "../../core/errors.js";

/** Jupyter names digests as Python does (sha3_256), OpenSSL in its own way (sha3-256). */
function digestOf(scheme: string): string {
  const name = /^hmac-(\w+)$/.exec(scheme)?.[1]?.replace("_", "-").toLowerCase();
  const digest = getHashes().find((hash) => hash.toLowerCase() === name);
  if (digest === undefined) {
    throw new ArgumentError("signature_scheme", `"${scheme}" is not known here: use hmac-sha256`);
  }
  return digest;
}

/** How many signatures are remembered to refuse a message that comes twice; the oldest are forgotten. */
const remembered = 65_536;

/** Signs and checks the four parts of a message (HMAC, as hexadecimal text). With an empty key it does neither. */
export class Signer {
  readonly #digest: string;
  readonly #key: string;
  readonly #seen = new Set<string>();

  /** @throws ArgumentError when the scheme is not `hmac-` and a digest that node:crypto knows */
  constructor(scheme: string, key: string) {
    this.#digest = digestOf(scheme);
    this.#key = key;
    // a digest of variable length is in the list and cannot be used
    this.sign([]);
  }

  sign(parts: readonly (string | Uint8Array)[]): string {
    if (this.#key === "") return "";
    const hmac = createHmac(this.#digest, this.#key);
    for (const part of parts) hmac.update(part);
    return hmac.digest("hex");
  }

  /** Says what is wrong with a signature, or nothing; one that was right is refused from then on. */
  check(signature: Uint8Array, parts: readonly Uint8Array[]): string | undefined {
    if (this.#key === "") return undefined;
    if (signature.length === 0) return "is not signed";
    const expected = Buffer.from(this.sign(parts));
    // the time that this takes tells nothing about where they differ
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return "has a wrong signature";
    const text = expected.toString();
    if (this.#seen.has(text)) return "came a second time";
    this.#remember(text);
    return undefined;
  }

  #remember(signature: string): void {
    this.#seen.add(signature);
    if (this.#seen.size > remembered) this.#seen.delete(this.#seen.values().next().value!);
  }
}
