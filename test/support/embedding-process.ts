/** Another process that embeds a folder into a store, to be watched, held up and killed. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { EmbedReport } from "#dist/core/collection/embed-into-store.js";
import { fixture, projectFile } from "./fixtures.js";

export interface CheckedStore {
  /** what SQLite says of the whole file: "ok" */
  integrity: string;
  vectors: number;
  /** vectors without a picture that is there, and pictures without a vector */
  orphans: number;
  bare: number;
}

export interface EmbeddingLine {
  store?: CheckedStore | null;
  done?: number;
  report?: EmbedReport;
}

export interface EmbeddingProcess {
  child: ChildProcess;
  /** what it says, a line each; ends with the process */
  lines: AsyncIterableIterator<EmbeddingLine>;
  /** lets a gated process go on after a batch */
  next(): void;
  kill(): Promise<void>;
  ended: Promise<unknown>;
}

export interface EmbeddingOptions {
  folder: string;
  store: string;
  size?: number;
  batchSize?: number;
  gated?: boolean;
}

/** With the smallest DINOv2 of the fixtures, at 28 pixels in batches of 2 unless told otherwise. */
export function embeddingProcess(options: EmbeddingOptions): EmbeddingProcess {
  const settings = { model: fixture("models/dinov2"), size: 28, batchSize: 2, ...options };
  const script = projectFile("test/support/embed-and-report.mjs");
  const child = spawn(process.execPath, [script, JSON.stringify(settings)], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "close");
  // begun at once, since lines that come before are lost
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.stdin.on("error", () => {});
  async function* parsed(): AsyncGenerator<EmbeddingLine> {
    try {
      for await (const line of { [Symbol.asyncIterator]: () => lines }) yield JSON.parse(line) as EmbeddingLine;
    } finally {
      // it ends only when all that it says is read
      child.stdout.resume();
    }
  }
  return {
    ...{ child, ended, lines: parsed() },
    next: () => void child.stdin.write("."),
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
