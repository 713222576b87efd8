/** What the main thread and the runtime's worker thread say to each other. */
import type { HeldTensor, Tensor } from "./tensor.js";

export type Feed = Tensor | HeldTensor;

export interface ValueInfo {
  name: string;
  type: string;
  /** sizes; text is the name of a size known only when the graph runs */
  dims: readonly (number | string)[];
}

/** Options as onnxruntime-node takes them; spelled out here so that no caller depends on it. */
export interface NativeSessionOptions {
  intraOpNumThreads: number;
  interOpNumThreads: number;
  executionProviders: readonly string[];
  extra?: Record<string, unknown>;
}

/** What the worker is started with: entry 0 of `busy` counts the requests that were sent and are not done; each end is notified. */
export interface WorkerData {
  busy: Int32Array;
}

export type Request =
  | { kind: "open"; model: Uint8Array | string; options: NativeSessionOptions }
  | { kind: "run"; session: number; feeds: Record<string, Feed>; outputs: readonly string[] }
  | { kind: "closeSession"; session: number }
  | { kind: "hold"; tensor: Tensor }
  | { kind: "release"; held: number }
  | { kind: "end" };

export interface Opened {
  session: number;
  inputs: ValueInfo[];
  outputs: ValueInfo[];
}

export type Answer = { result: unknown } | { error: string };
