/** `patchlab verify MODEL`: how far a model's numbers agree with PyTorch's, and with themselves. */
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { PatchlabError } from "../core/errors.js";
import { preprocess } from "../core/image/preprocess.js";
import { readPreprocessorConfig } from "../core/image/preprocessor-config.js";
import { imagenetTransform } from "../core/image/transform.js";
import { findModelFolder } from "../core/model/catalogue.js";
import type { Network, NetworkOptions, PixelTensor } from "../core/model/model.js";
import { openNetwork } from "../core/model/network.js";
import { allTokens, parityTolerance, parityWithPyTorch } from "../core/model/parity.js";
import { hasSafetensors } from "../core/model/weights.js";
import { positiveInteger } from "./model-options.js";
import { progressOn } from "./progress.js";
import { type Card, cardText, type Finding, finding } from "./verify-card.js";

interface Options {
  againstTorch?: boolean;
  threads?: number;
  json?: boolean;
}

/** dist/bench/peers/against-torch.js, which is compiled from a folder of its own */
interface AgainstTorch {
  runTorch(
    folder: string,
    pictures: readonly string[],
    pixels: PixelTensor,
    threads?: number,
  ): Promise<{ versions: Record<string, string>; tokens: Float32Array; levels: { largest: number; mean: number } }>;
}

export function verifyCommand(): Command {
  return new Command("verify")
    .description("show how far a model's numbers agree with PyTorch's")
    .argument("<model>", "name or folder of a model that is on this disk")
    .option("--against-torch", "also run its weights in PyTorch on pictures (Python with torch, transformers, pillow)")
    .option("--threads <n>", "threads for the network (default: the machine's physical cores)", positiveInteger)
    .option("--json", "print the card as JSON")
    .action(verify);
}

/** Two that ship with the project: a scene, and an object on plain ground. */
const pictures = ["scenes/scene-030213.jpg", "clothing/shoes/shoes-01.jpg"].map((name) =>
  fileURLToPath(new URL(`../../images/${name}`, import.meta.url)),
);

async function verify(source: string, options: Options): Promise<void> {
  const progress = progressOn(process.stderr, options.json);
  const folder = await findModelFolder(source);
  const running = { threads: options.threads };
  progress.step("Running its weights on pictures");
  const transform = (await readPreprocessorConfig(folder)) ?? imagenetTransform;
  const { data, dims } = await preprocess(pictures, transform);
  const pixels: PixelTensor = { data, dims };
  const { family, tokens: fused } = await run(folder, pixels, running);
  const findings: Finding[] = [];
  // an ONNX file is run as it is: there is nothing of ours to compare
  const ours = hasSafetensors(folder);
  if (ours) {
    const plain = await run(folder, pixels, { ...running, operators: "plain" });
    findings.push(finding("fused against plain operators", fused, plain.tokens));
  }
  progress.step("Running small checkpoints of its family");
  const checkpoints = ours ? await parityWithPyTorch(family, running) : [];
  if (options.againstTorch) {
    progress.step("Running its weights in PyTorch");
    findings.push(...(await againstTorch(folder, pixels, running)));
  }
  progress.end();
  const card: Card = { model: source, family, tolerance: parityTolerance, checkpoints, findings };
  console.log(options.json ? JSON.stringify(card, null, 2) : cardText(card));
  if (findings.some((f) => !f.agrees) || checkpoints.some((row) => !row.agrees))
    throw new PatchlabError(`${source} does not agree everywhere: the lines marked with ✗ say where`);
}

async function run(
  folder: string,
  pixels: PixelTensor,
  options: NetworkOptions,
): Promise<{ family: string; tokens: Float32Array }> {
  const network: Network = await openNetwork(folder, options);
  try {
    return { family: network.family, tokens: allTokens(await network.forward(pixels)) };
  } finally {
    await network.close();
  }
}

async function againstTorch(folder: string, pixels: PixelTensor, running: NetworkOptions): Promise<Finding[]> {
  const peer: AgainstTorch = await import(new URL("../bench/peers/against-torch.js", import.meta.url).href);
  const theirs = await peer.runTorch(folder, pictures, pixels, running.threads);
  const { tokens } = await run(folder, pixels, { ...running, positionRule: "transformers" });
  const { torch, transformers } = theirs.versions;
  return [
    finding(`PyTorch ${torch}, transformers ${transformers}`, tokens, theirs.tokens),
    {
      what: "pixels, against transformers' own processor",
      largest: theirs.levels.largest,
      mean: theirs.levels.mean,
      unit: "levels of 255",
      limit: 1.01,
      agrees: theirs.levels.largest <= 1.01,
    },
  ];
}
