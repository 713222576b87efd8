/** A model's own weights on pictures in PyTorch, for `patchlab verify --against-torch`. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PatchlabError } from "#dist/core/errors.js";
import type { PixelTensor } from "#dist/core/model/model.js";
import { physicalCores } from "#dist/core/runtime/physical-cores.js";
import { PeerAbsent, type PeerProcess } from "./process.js";
import { openTorch } from "./torch.js";

export interface TorchRun {
  /** of Python, torch and transformers */
  versions: Readonly<Record<string, string>>;
  /** [n, tokens, dim] after the last norm */
  tokens: Float32Array;
  /** how far transformers' own processor makes other pixels of the pictures, in levels of 255 */
  levels: { largest: number; mean: number };
}

/**
 * @param folder the model's, with all that transformers needs
 * @param pictures files that `pixels` was made of
 * @throws PatchlabError saying what to install, or what PyTorch said
 */
export async function runTorch(
  folder: string,
  pictures: readonly string[],
  pixels: PixelTensor,
  threads: number = physicalCores(),
): Promise<TorchRun> {
  const work = await mkdtemp(join(tmpdir(), "patchlab-torch-"));
  let peer: PeerProcess | undefined;
  try {
    peer = await openTorch(folder);
    const [input, output] = [join(work, "pixels"), join(work, "output")];
    await writeFile(input, pixels.data);
    await peer.ask({ op: "run", path: input, dims: pixels.dims, threads, output });
    const tokens = await floats(output);
    const processed = await peer.ask<{ std: number[] }>({ op: "preprocess", pictures, output });
    return { versions: peer.versions, tokens, levels: levelsBetween(pixels, await floats(output), processed.std) };
  } catch (error) {
    if (error instanceof PatchlabError) throw error;
    const { message } = error as Error;
    throw new PatchlabError(error instanceof PeerAbsent ? `Nothing was compared: ${message}` : `PyTorch: ${message}`, {
      cause: error,
    });
  } finally {
    await peer?.close();
    await rm(work, { recursive: true, force: true });
  }
}

async function floats(path: string): Promise<Float32Array> {
  return new Float32Array(new Uint8Array(await readFile(path)).buffer);
}

/** Undoes the normalisation of each channel's difference. */
function levelsBetween(
  { data, dims: [, , height, width] }: PixelTensor,
  theirs: Float32Array,
  std: readonly number[],
): { largest: number; mean: number } {
  if (data.length !== theirs.length)
    throw new PatchlabError(
      `transformers' processor makes ${theirs.length} numbers of pictures that are ${data.length} here`,
    );
  let [largest, sum] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    const channel = Math.floor(i / (height * width)) % 3;
    const levels = Math.abs(data[i] - theirs[i]) * std[channel] * 255;
    largest = Math.max(largest, levels);
    sum += levels;
  }
  return { largest, mean: sum / data.length };
}
