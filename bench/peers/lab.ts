/** A checkpoint, pictures, and every way to run the one on the others. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { vitFamilies } from "#dist/core/model/families/all.js";
import type { NetworkOptions, PixelTensor } from "#dist/core/model/model.js";
import { openNetwork } from "#dist/core/model/network.js";
import { openOnnxExport } from "#dist/core/model/onnx-export.js";
import { vitSmall, writeCheckpoint } from "../checkpoint.js";
import { clustered } from "../data.js";
import { type Input, networkPeer, type Peer, processPeer } from "./peer.js";
import { exportOnnx, openTorch } from "./torch.js";
import { openTransformersJs } from "./transformers-js.js";

interface Export {
  folder: string;
  versions: Record<string, string>;
}

export class Lab {
  /** one a size */
  readonly inputs: readonly Input[];
  readonly #folder: string;
  readonly #checkpoint: string;
  #export: Promise<Export> | undefined;

  private constructor(folder: string, inputs: readonly Input[]) {
    this.#folder = folder;
    this.#checkpoint = join(folder, "checkpoint");
    this.inputs = inputs;
  }

  /** Writes a ViT-S/14 and one picture of noise a size into an empty folder. */
  static async fill(folder: string, sizes: readonly number[]): Promise<Lab> {
    await mkdir(join(folder, "checkpoint"));
    await writeCheckpoint(join(folder, "checkpoint"), vitSmall);
    const inputs = sizes.map(async (size): Promise<Input> => {
      const pixels: PixelTensor = { data: clustered(3, size * size).data, dims: [1, 3, size, size] };
      const path = join(folder, `${size}.float32`);
      await writeFile(path, pixels.data);
      return { pixels, path };
    });
    return new Lab(folder, await Promise.all(inputs));
  }

  /** With positions as transformers resizes them, so that all compute the same. */
  async ours(options: NetworkOptions): Promise<Peer> {
    return networkPeer(await openNetwork(this.#checkpoint, { positionRule: "transformers", ...options }));
  }

  async torch(threads: number): Promise<Peer> {
    return processPeer(await openTorch(this.#checkpoint), threads);
  }

  /** The graph that torch exports, in our runtime. */
  async torchExport(options: NetworkOptions): Promise<Peer> {
    const { folder, versions } = await this.#exported();
    return networkPeer(await openOnnxExport(folder, vitFamilies.get("dinov2")!, options), versions);
  }

  /** transformers.js runs the same exported graph. */
  async transformersJs(threads: number): Promise<Peer> {
    return processPeer(await openTransformersJs(async () => (await this.#exported()).folder, threads), threads);
  }

  #exported(): Promise<Export> {
    this.#export ??= this.#runExport();
    return this.#export;
  }

  async #runExport(): Promise<Export> {
    const torch = await openTorch(this.#checkpoint);
    try {
      const folder = join(this.#folder, "exported");
      return { folder, versions: await exportOnnx(torch, this.#checkpoint, folder) };
    } finally {
      await torch.close();
    }
  }
}
