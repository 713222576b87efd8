/** scikit-learn's logistic regression, in a Python process. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LabelledRows, TrainingSet } from "#dist/core/classify/head.js";
import { PeerAbsent, PeerProcess } from "./process.js";

const script = fileURLToPath(new URL("./sklearn_server.py", import.meta.url));

/** How LogisticRegression is asked to do its work. */
export interface Way {
  solver: "lbfgs" | "newton-cg";
  /** 1e-4 is its own */
  tol: number;
  dtype: "float32" | "float64";
  /** begin each C with the weights of the one before, as warm_start does */
  warm: boolean;
}

export interface PeerFit {
  c: number;
  ms: number;
  /** mean cross-entropy of the training rows */
  trainLoss: number;
  /** Euclidean, of all weights together */
  weightNorm: number;
  validationAccuracy: number;
  iterations: number;
}

export class Sklearn {
  readonly versions: Readonly<Record<string, string>>;
  readonly #peer: PeerProcess;

  private constructor(peer: PeerProcess) {
    this.versions = peer.versions;
    this.#peer = peer;
  }

  /**
   * @param folder an empty one, which the numbers go through
   * @throws PeerAbsent saying what to install
   */
  static async open(folder: string, data: Required<TrainingSet>, threads: number): Promise<Sklearn> {
    const [features, labels] = [join(folder, "features.float32"), join(folder, "labels.int32")];
    const parts: LabelledRows[] = [data, data.validation];
    await writeFile(features, Buffer.concat(parts.map(({ vectors: { data } }) => bytesOf(data))));
    await writeFile(labels, Buffer.concat(parts.map(({ labels: { indices } }) => bytesOf(indices))));
    const [train, rows] = [data.vectors.rows, data.vectors.rows + data.validation.vectors.rows];
    const request = { op: "open", features, labels, dims: [rows, data.vectors.cols], train, threads };
    const python = process.env.PATCHLAB_PYTHON || "python3";
    const peer = await PeerProcess.open(python, [script], request).catch((cause) => {
      if (!(cause instanceof PeerAbsent)) throw cause;
      const advice = "pip install scikit-learn, or name the Python that has it in PATCHLAB_PYTHON";
      throw new PeerAbsent(`scikit-learn is not installed (${cause.message}): ${advice}`, { cause });
    });
    return new Sklearn(peer);
  }

  /** One model a C, one after the other; no milliseconds where `limit` seconds were not enough for all. */
  fit(cs: readonly number[], way: Way, limit = 3600): Promise<{ ms?: number; fits: PeerFit[] }> {
    return this.#peer.ask({ op: "fit", cs, ...way, limit });
  }

  close(): Promise<void> {
    return this.#peer.close();
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
