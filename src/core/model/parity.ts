/**
 * How near the networks here come to PyTorch: small random checkpoints of each family, with what PyTorch and
 * transformers make of them, run through the same code as the published ones.
 */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FileError } from "../errors.js";
import type { ModelOutput, Network, NetworkOptions, PixelTensor } from "./model.js";
import { openNetwork } from "./network.js";
import { readSafetensorsHeader, readTensor, type SafetensorsHeader } from "./safetensors.js";

/** Absolute difference up to which two float32 implementations of one network count as equal. */
export const parityTolerance = 1e-4;

/** The largest absolute differences from PyTorch's numbers for one small checkpoint at one input size. */
export interface ParityRow {
  /** the checkpoint, such as "dinov2-registers" */
  checkpoint: string;
  /** height and width in pixels */
  size: readonly [height: number, width: number];
  /** of all tokens after the last norm */
  tokens: number;
  /** of the tokens after the embedding and after every block, where PyTorch's are there */
  hiddenStates?: number;
  /** of the last block's attention weights, where PyTorch's are there */
  attention?: number;
  /** whether all of them are within the tolerance */
  agrees: boolean;
}

const folder = fileURLToPath(new URL("../../parity/", import.meta.url));

/** The small checkpoints of a family, by the `model_type` of their config.json. */
async function checkpointsOf(family: string): Promise<string[]> {
  if (!existsSync(folder))
    throw new FileError(folder, "is missing: it comes with patchlab, so install patchlab again, or run npm run build");
  const found: string[] = [];
  for (const name of (await readdir(folder)).sort()) {
    if (!existsSync(join(folder, name, "expected.safetensors"))) continue;
    const { model_type } = JSON.parse(await readFile(join(folder, name, "config.json"), "utf8"));
    if (model_type === family) found.push(name);
  }
  return found;
}

/**
 * Runs the small checkpoints of a family at every size.
 *
 * @param family `model_type` of config.json, such as "dinov2"
 * @returns one row a checkpoint and size; none for a family without small checkpoints
 */
export async function parityWithPyTorch(
  family: string,
  options: Pick<NetworkOptions, "threads" | "executionProviders" | "operators"> = {},
): Promise<ParityRow[]> {
  const rows: ParityRow[] = [];
  for (const checkpoint of await checkpointsOf(family)) {
    const expected = await readSafetensorsHeader(join(folder, checkpoint, "expected.safetensors"));
    // PyTorch's outputs come from transformers, whose rule for positions differs from upstream's
    const network = await openNetwork(join(folder, checkpoint), { ...options, positionRule: "transformers" });
    try {
      for (const [name, { shape }] of expected.tensors)
        if (name.endsWith(".pixel_values"))
          rows.push(await compare(checkpoint, network, expected, name.split(".")[0], shape as PixelTensor["dims"]));
    } finally {
      await network.close();
    }
  }
  return rows;
}

async function compare(
  checkpoint: string,
  network: Network,
  expected: SafetensorsHeader,
  size: string,
  dims: PixelTensor["dims"],
): Promise<ParityRow> {
  const read = (name: string) => readTensor(expected, `${size}.${name}`);
  const inside = expected.tensors.has(`${size}.attentions.last`);
  const wanted = inside ? { hiddenStates: true, attention: { from: "all" } as const } : {};
  const output = await network.forward({ data: await read("pixel_values"), dims }, wanted);
  const tokens = largestDifference(allTokens(output), await read("last_hidden_state"));
  const row = { checkpoint, size: [dims[2], dims[3]] as const, tokens };
  if (!inside) return { ...row, agrees: tokens <= parityTolerance };
  let hiddenStates = 0;
  for (const [i, { data }] of output.hiddenStates!.entries())
    hiddenStates = Math.max(hiddenStates, largestDifference(data, await read(`hidden_states.${i}`)));
  const weights = Float32Array.from(output.attention!.flatMap(({ data }) => [...data]));
  const attention = largestDifference(weights, await read("attentions.last"));
  const agrees = Math.max(tokens, hiddenStates, attention) <= parityTolerance;
  return { ...row, hiddenStates, attention, agrees };
}

/** Class token, registers and patches of all images in their order, as transformers' `last_hidden_state` has them. */
export function allTokens({ cls, patches, registers }: ModelOutput): Float32Array {
  const dim = cls.cols;
  const kept = registers?.dims[1] ?? 0;
  const perImage = (1 + kept) * dim + (patches[0]?.data.length ?? 0);
  const tokens = new Float32Array(cls.rows * perImage);
  for (let i = 0; i < cls.rows; i++) {
    const start = i * perImage;
    tokens.set(cls.data.subarray(i * dim, (i + 1) * dim), start);
    if (registers) tokens.set(registers.data.subarray(i * kept * dim, (i + 1) * kept * dim), start + dim);
    if (patches[i]) tokens.set(patches[i].data, start + (1 + kept) * dim);
  }
  return tokens;
}

/** The largest absolute difference; Infinity where the arrays differ in length or hold what is no number. */
export function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest;
}
