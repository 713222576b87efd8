/** Tells models apart by what they compute, not by what they are called. */
import { createHash } from "node:crypto";
import { open, stat } from "node:fs/promises";
import { hashUpTo } from "../hub/checksum.js";
import type { Network, NetworkOptions } from "./model.js";

/**
 * SHA-256, in hexadecimal, of the weight files' bytes, of what config.json says of the network, and of the options that
 * change what comes out. Threads, execution providers and fused operators change the last bits of a vector and do not
 * count.
 */
export async function fingerprintOf(
  { family, configuration, weightFiles }: Pick<Network, "family" | "configuration" | "weightFiles">,
  { precision = "fp32", positionRule = "upstream" }: NetworkOptions = {},
): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify({ family, configuration, precision, positionRule }));
  for (const path of weightFiles) {
    const file = await open(path);
    try {
      await hashUpTo(file, (await stat(path)).size, hash, {});
    } finally {
      await file.close();
    }
  }
  return hash.digest("hex");
}
