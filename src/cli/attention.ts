/** `patchlab attention IMAGE…`: what the class token, or a patch, of a vision transformer attends to. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { ArgumentError } from "../core/errors.js";
import { type AttentionMap, attentionMap } from "../core/features/attention.js";
import { catalogue } from "../core/model/catalogue.js";
import { isTransformer } from "../core/model/families/all.js";
import { loadModel } from "../core/model/load.js";
import type { Features, Model } from "../core/model/model.js";
import { attentionFigure } from "../widgets/attention-figure.js";
import { maskShare } from "../widgets/layers.js";
import { page } from "../widgets/page.js";
import { failuresAsJson, failuresAsText } from "./failures.js";
import { interruptSignal } from "./interrupt.js";
import { type ModelOptions, mapSize, nonEmpty, withModelOptions } from "./model-options.js";
import { checkOutputs } from "./outputs.js";
import { progressOn } from "./progress.js";
import { writeResult } from "./write-file.js";

interface Options extends ModelOptions {
  head?: number;
  from?: [row: number, column: number];
  layer?: number;
  out: string;
  json?: boolean;
}

export function attentionCommand(): Command {
  return withModelOptions(new Command("attention"))
    .description("what the class token of a vision transformer attends to in pictures, head by head")
    .argument("<images...>", "picture files")
    .option(
      "--from <row,column>",
      "the patch whose attention is shown, counted from 0 (default: the class token)",
      place,
    )
    .option("--head <n>", "show this head alone, counted from 0 (default: all)", counted)
    .option("--layer <n>", "the block, counted from 0 (default: the last)", counted)
    .option("--out <file>", "where to write the page", nonEmpty, "attention.html")
    .option("--json", "print what was made as JSON")
    .action(run);
}

async function run(images: string[], options: Options, command: Command): Promise<void> {
  checkOutputs(command, { "--out": options.out }, images);
  const progress = progressOn(process.stderr, options.json);
  const signal = interruptSignal();
  const { from, head, layer } = options;
  progress.step(`Loading ${options.model}`);
  const model = await loadModel(options.model, { threads: options.threads });
  try {
    checkHasAttention(model);
    progress.step("Finding attention", "pictures");
    const features = await model.extract(images, {
      size: options.size ?? mapSize(model.patchSize),
      attention: { layer, ...(from ? { from: [from] } : {}) },
      clsOnly: true,
      onError: "skip",
      signal,
      onProgress: progress.update,
    });
    const maps = (features.attentions ?? []).map((attention) => attentionMap(attention, { head }));
    const bundle = await attentionFigure(maps);
    const out = resolve(options.out);
    await writeResult(out, page({ title: "Attention", sections: [{ bundle }] }));
    progress.end();
    console.log(options.json ? JSON.stringify(facts(out, maps, features)) : sentence(out, maps, features));
  } finally {
    await model.close();
  }
}

function checkHasAttention(model: Model): void {
  if (isTransformer(model)) return;
  const families = [...new Set(catalogue.filter(({ hubId }) => hubId).map((entry) => entry.family))];
  throw new ArgumentError(
    "model",
    `${model.name} is no vision transformer that we know, so that it has no attention: give one of the ${families.join(", ")} models that \`patchlab models\` lists, such as --model dinov2-small`,
  );
}

function facts(page: string, maps: readonly AttentionMap[], { pictures, failed, inputSize }: Features): object {
  const [{ layer, token, mass, rows, cols }] = maps;
  return {
    page,
    ...{ layer, token, inputSize, rows, cols, mass },
    pictures: maps.map((map, i) => ({
      name: pictures[i].name,
      /** patches that hold the share `mass` of the mean attention, as a share of all */
      massOn: maskShare(map.meanMask),
      heads: Array.from(map.patchShare, (patchShare, h) => ({
        head: (map.head ?? 0) + h,
        patchShare,
        ...strongest(map.data.subarray(h * rows * cols, (h + 1) * rows * cols), cols),
      })),
    })),
    failed: failuresAsJson(failed),
  };
}

/** The patch that gets most. */
function strongest(weights: Float32Array, cols: number): { largest: number; row: number; column: number } {
  const i = weights.reduce((best, weight, k) => (weight > weights[best] ? k : best), 0);
  return { largest: weights[i], row: Math.floor(i / cols), column: i % cols };
}

function sentence(out: string, maps: readonly AttentionMap[], { failed }: Features): string {
  const share = maps.reduce((sum, { meanMask }) => sum + maskShare(meanMask), 0) / maps.length;
  const [{ mass }] = maps;
  return `${failuresAsText(failed)}${Math.round(100 * mass)} % of the attention to patches lies on ${Math.round(100 * share)} % of them.\nOpen ${pathToFileURL(out).href}`;
}

function place(text: string): [number, number] {
  const found = /^(\d+),(\d+)$/.exec(text.replaceAll(" ", ""));
  if (!found) throw new InvalidArgumentError("Give row and column of a patch, counted from 0, such as 5,12.");
  return [Number(found[1]), Number(found[2])];
}

function counted(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("Give a whole number, 0 or more.");
  return Number(text);
}
