/** The training of a network of two layers in PyTorch on the CPU, in a Python process. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Network } from "#dist/core/classify/mlp-network.js";
import { concatenated } from "#dist/core/numeric/concatenated.js";
import type { Matrix } from "#dist/core/numeric/matrix.js";
import { PeerAbsent, PeerProcess } from "./process.js";

const script = fileURLToPath(new URL("./mlp_server.py", import.meta.url));

export interface MlpTask {
  /** [rows, dim], as the first layer takes them */
  readonly x: Matrix;
  /** [rows], places in the classes */
  readonly labels: Int32Array;
  readonly start: Network;
  /** the order of the rows in each epoch */
  readonly orders: readonly Int32Array[];
}

export interface MlpRun {
  readonly ms: number;
  /** mean cross-entropy of each epoch's batches, each before its step */
  readonly losses: readonly number[];
}

export class TorchMlp {
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
  static async open(folder: string, { x, labels, start, orders }: MlpTask): Promise<TorchMlp> {
    const paths = Object.fromEntries(["x", "labels", "start", "orders"].map((name) => [name, join(folder, name)]));
    const { hidden, hiddenBias, output, outputBias } = start;
    await writeFile(paths.x, x.data);
    await writeFile(paths.labels, labels);
    await writeFile(paths.start, concatenated([hidden.data, hiddenBias, output.data, outputBias]));
    await writeFile(paths.orders, Int32Array.from(orders.flatMap((order) => [...order])));
    const sizes = { rows: x.rows, dim: x.cols, hidden: hidden.rows, classes: output.rows };
    const python = process.env.PATCHLAB_PYTHON || "python3";
    const peer = await PeerProcess.open(python, [script], { op: "open", ...paths, ...sizes }).catch((cause) => {
      if (!(cause instanceof PeerAbsent)) throw cause;
      const advice = "pip install torch numpy, or name the Python that has them in PATCHLAB_PYTHON";
      throw new PeerAbsent(`PyTorch is not installed (${cause.message}): ${advice}`, { cause });
    });
    return new TorchMlp(peer);
  }

  /** One epoch for each of the orders, from the start. */
  train(options: { batch: number; rate: number; threads: number }): Promise<MlpRun> {
    return this.#peer.ask({ op: "train", ...options });
  }

  close(): Promise<void> {
    return this.#peer.close();
  }
}
