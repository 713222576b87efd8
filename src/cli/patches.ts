/** `patchlab patches IMAGE…`: colours the parts of objects in a set of pictures. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Command, InvalidArgumentError, Option } from "commander";
import { type PatchMap, patchMap } from "../core/features/patch-map.js";
import { loadRecipe, saveRecipe } from "../core/features/recipe-file.js";
import { isTransformer } from "../core/model/families/all.js";
import { loadModel } from "../core/model/load.js";
import type { Features } from "../core/model/model.js";
import { maskShare } from "../widgets/layers.js";
import { page } from "../widgets/page.js";
import { patchMapFigure } from "../widgets/patch-map-figure.js";
import { failuresAsJson, failuresAsText } from "./failures.js";
import { interruptSignal } from "./interrupt.js";
import { type ModelOptions, mapSize, nonEmpty, withModelOptions } from "./model-options.js";
import { checkOutputs } from "./outputs.js";
import { progressOn } from "./progress.js";
import { makeFolderOf, writeResult } from "./write-file.js";

interface Options extends ModelOptions {
  threshold?: "otsu" | "zero" | number;
  foreground?: "border" | "high" | "low";
  recipe?: string;
  saveRecipe?: string;
  out: string;
  json?: boolean;
}

export function patchesCommand(): Command {
  return withModelOptions(new Command("patches"))
    .description("patch-component maps of pictures of one kind: which patches belong to the object, and its parts")
    .argument("<images...>", "picture files; several of one kind share one basis")
    .option("--threshold <rule>", '"otsu", "zero" or a number from 0 to 1 (default: otsu)', threshold)
    .option("--foreground <side>", '"border", "high" or "low" (default: border)', foreground)
    .addOption(
      new Option("--recipe <file>", "apply the basis, sign, threshold and colours saved in this file").conflicts([
        "threshold",
        "foreground",
      ]),
    )
    .option("--save-recipe <file>", "save them for other pictures", nonEmpty)
    .option("--out <file>", "where to write the page", nonEmpty, "patches.html")
    .option("--json", "print what was made as JSON")
    .action(run);
}

async function run(images: string[], options: Options, command: Command): Promise<void> {
  checkOutputs(command, { "--out": options.out, "--save-recipe": options.saveRecipe }, [
    ...images,
    ...(options.recipe === undefined ? [] : [options.recipe]),
  ]);
  const progress = progressOn(process.stderr, options.json);
  const signal = interruptSignal();
  const recipe = options.recipe === undefined ? undefined : await loadRecipe(options.recipe);
  progress.step(`Loading ${options.model}`);
  const model = await loadModel(options.model, { threads: options.threads });
  try {
    progress.step("Turning patches into vectors", "pictures");
    const size = options.size ?? mapSize(model.patchSize);
    const features = await model.extract(images, { size, onError: "skip", signal, onProgress: progress.update });
    progress.step("Finding components");
    const { threshold, foreground } = options;
    const normalize = recipe ? undefined : !isTransformer(model);
    const map = await patchMap(features.patches, { recipe, threshold, foreground, normalize, signal });
    if (options.saveRecipe !== undefined) {
      await makeFolderOf(options.saveRecipe);
      await saveRecipe(map.recipe, options.saveRecipe);
    }
    const bundle = await patchMapFigure(map, { patches: features.patches });
    const out = resolve(options.out);
    await writeResult(out, page({ title: "Patch components", sections: [{ bundle }] }));
    progress.end();
    console.log(options.json ? JSON.stringify(facts(out, map, features)) : sentence(out, map, features));
  } finally {
    await model.close();
  }
}

function facts(page: string, map: PatchMap, { pictures, failed }: Features): object {
  const { threshold, foregroundShare } = map;
  const shares = map.maps.map(({ mask }, i) => ({
    name: pictures[i].name,
    foregroundShare: maskShare(mask),
  }));
  return {
    page,
    threshold,
    foregroundShare,
    pictures: shares,
    failed: failuresAsJson(failed),
  };
}

function sentence(out: string, map: PatchMap, { failed }: Features): string {
  const share = Math.round(100 * map.foregroundShare);
  return `${failuresAsText(failed)}${share} % of the patches are foreground (threshold ${map.threshold.toFixed(2)}).\nOpen ${pathToFileURL(out).href}`;
}

function threshold(text: string): "otsu" | "zero" | number {
  if (text === "otsu" || text === "zero") return text;
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError('Give "otsu", "zero" or a number from 0 to 1.');
  return value;
}

function foreground(text: string): "border" | "high" | "low" {
  if (text === "border" || text === "high" || text === "low") return text;
  throw new InvalidArgumentError('Give "border", "high" or "low".');
}
