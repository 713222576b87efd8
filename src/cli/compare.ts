/** `patchlab compare FOLDER`: which model's vectors tell the classes of some pictures apart best, fairly. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Command, InvalidArgumentError, Option } from "commander";
import { type HeadName, headNames } from "../core/classify/heads.js";
import { compare } from "../core/compare/compare.js";
import type { Comparison, ComparisonCheck } from "../core/compare/comparison.js";
import type { Participant } from "../core/compare/participant.js";
import { ArgumentError } from "../core/errors.js";
import { catalogue, folderOf } from "../core/model/catalogue.js";
import { loadModel } from "../core/model/load.js";
import type { Model } from "../core/model/model.js";
import { comparisonPage } from "../widgets/comparison-page.js";
import { page } from "../widgets/page.js";
import { pairSentences } from "../widgets/paired-words.js";
import { untrainedWords } from "../widgets/untrained-classes.js";
import { accuracy, counted, percent } from "../widgets/wording.js";
import { failuresAsJson, failuresAsText } from "./failures.js";
import { interruptSignal } from "./interrupt.js";
import { nonEmpty, oneMore, positiveInteger, wholeNumber } from "./model-options.js";
import { checkOutputs } from "./outputs.js";
import { type Progress, progressOn, stepsOn } from "./progress.js";
import { columns } from "./text-columns.js";
import { writeResult } from "./write-file.js";

interface Options {
  model?: string[];
  head?: HeadName[];
  folds: number;
  seed: number;
  threads?: number;
  curves: boolean;
  out: string;
  json?: boolean;
}

const help = `
Examples:
  patchlab compare photos/by-class                        the models that are here, on folders named after classes
  patchlab compare photos/by-class --model dinov2-small --model resnet50.onnx --head mlp
                                                          a small head on DINOv2 against one on a ResNet`;

export function compareCommand(): Command {
  return new Command("compare")
    .description(
      "several models on the same pictures, splits, heads and seeds: a table, tests, and a page that shows it",
    )
    .argument("<folder>", "one folder of pictures a class")
    .option(
      "--model <model>",
      "name, folder or ONNX file of a model; may be given several times (default: every known model on this disk)",
      oneMore,
    )
    .addOption(
      new Option("--head <name>", "what is trained on the vectors; may be given several times (default: logistic, knn)")
        .choices(headNames)
        .argParser(oneMoreHead),
    )
    .option("--folds <n>", "parts of the pictures, each tested once by what the others trained", positiveInteger, 5)
    .option("--seed <n>", "decides the parts and the heads' starts", wholeNumber, 0)
    .option("--threads <n>", "threads for the networks (default: the machine's physical cores)", positiveInteger)
    .option("--no-curves", "leave out accuracy by labelled pictures a class, which takes the longest")
    .option("--out <file>", "where to write the page", nonEmpty, "compare.html")
    .option("--json", "print the comparison as JSON")
    .addHelpText("after", help)
    .action(run);
}

async function run(folder: string, options: Options, command: Command): Promise<void> {
  const { head: heads, folds, seed, curves, json } = options;
  checkOutputs(command, { "--out": options.out }, [folder]);
  const progress = progressOn(process.stderr, json);
  const sources = options.model ?? (await onThisDisk());
  const models = await loadAll(sources, options, progress);
  try {
    const result = await compare(named(models, sources), folder, {
      ...{ ...(heads ? { heads } : {}), folds, seed, ...(curves ? {} : { labelEfficiency: false }) },
      signal: interruptSignal(),
      onProgress: stepsOn(progress, (step) => (step.startsWith("Embedding") ? "pictures" : undefined)),
    });
    progress.end();
    const out = resolve(options.out);
    await writeResult(out, page(await comparisonPage(result)));
    console.log(json ? JSON.stringify({ ...facts(result), page: out }) : text(result, out));
  } finally {
    await Promise.all(models.map((model) => model.close()));
  }
}

async function loadAll(sources: readonly string[], { threads }: Options, progress: Progress): Promise<Model[]> {
  if (new Set(sources).size < sources.length) throw new ArgumentError("--model", "names a model twice: give each once");
  const models: Model[] = [];
  try {
    for (const source of sources) {
      progress.step(`Loading ${source}`);
      models.push(await loadModel(source, { threads }));
    }
    return models;
  } catch (error) {
    await Promise.all(models.map((model) => model.close()));
    throw error;
  }
}

/** Files in several folders may have one name: then what they were asked by tells them apart. */
function named(models: readonly Model[], sources: readonly string[]): Participant[] {
  const names = models.map(({ name }) => name);
  const alone = (name: string): boolean => names.indexOf(name) === names.lastIndexOf(name);
  return models.map((model, i) => ({ model, name: alone(model.name) ? model.name : sources[i] }));
}

async function onThisDisk(): Promise<string[]> {
  const folders = await Promise.all(catalogue.map(folderOf));
  return catalogue.flatMap(({ name }, i) => (folders[i] === undefined ? [] : [name]));
}

function oneMoreHead(name: string, before: HeadName[] | undefined): HeadName[] {
  const known = headNames.find((one) => one === name);
  if (known === undefined) throw new InvalidArgumentError(`Allowed choices are ${headNames.join(", ")}.`);
  return [...new Set([...(before ?? []), known])];
}

function text(result: Comparison, out: string): string {
  const { tested, labels, models, failed, checks } = result;
  return [
    `${failuresAsText(failed)}${counted(tested.length, "picture")} of ${counted(labels.classes.length, "class", "classes")}, each tested once by heads that never saw it or a near-duplicate.`,
    ...[untrainedWords(result)].filter((words) => words !== ""),
    table(result),
    models.length < 2
      ? "One model is no comparison: give another with --model, such as the ONNX file of a ResNet."
      : pairSentences(result.pairs).join("\n"),
    checks.map(checkLine).join("\n"),
    `Open ${pathToFileURL(out).href}`,
  ].join("\n\n");
}

function table({ entries }: Comparison): string {
  const heads = [
    "model",
    "head",
    "accuracy",
    `${percent(entries[0].report.accuracy.level)} interval`,
    "balanced accuracy",
  ];
  const lines = entries.map(({ model, head, report: { accuracy: found, rows, balancedAccuracy } }) => {
    const share = (value: number) => accuracy(value, rows);
    return [model, head, share(found.value), `${share(found.low)} to ${share(found.high)}`, share(balancedAccuracy)];
  });
  return columns([heads, ...lines], [0, 1]);
}

/** A comparison of which a check fails does not get so far. */
function checkLine({ name, finding, model, head }: ComparisonCheck): string {
  const whose = [model, head].filter((one) => one !== undefined).join(", ");
  return `✓ ${name}${whose === "" ? "" : ` (${whose})`}: ${finding}`;
}

function facts({ pictures, labels, failed, ...rest }: Comparison): object {
  return {
    ...rest,
    classes: labels.classes,
    pictures: pictures.map(({ name }, row) => ({ path: name, label: labels.classes[labels.indices[row]] })),
    failed: failuresAsJson(failed),
  };
}
