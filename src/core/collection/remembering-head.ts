/** A head that is not trained twice on the same rows, since testing it and looking for wrong labels cut the same folds. */
import { createHash, type Hash } from "node:crypto";
import type { Head, LabelledRows, TrainedHead } from "../classify/head.js";

/** Rows are told apart by the SHA-256 of their vectors and classes, and of those of the validation rows. */
export function rememberingHead(head: Head): Head {
  const trained = new Map<string, TrainedHead>();
  return {
    name: head.name,
    async train(data, options) {
      const hash = createHash("sha256").update(`seed ${options.seed}`);
      addRows(hash, data);
      if (data.validation) addRows(hash, data.validation);
      const key = hash.digest("hex");
      const found = trained.get(key) ?? (await head.train(data, options));
      trained.set(key, found);
      return found;
    },
  };
}

function addRows(hash: Hash, { vectors: { data, rows, cols }, labels: { classes, indices } }: LabelledRows): void {
  hash.update(JSON.stringify({ rows, cols, classes }));
  for (const { buffer, byteOffset, byteLength } of [data, indices])
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
}
