/** `patchlab classify STORE`: trains a classifier on a store's vectors and labels, tells how good it is, and uses it. */
import { Command, InvalidArgumentError, Option } from "commander";
import { checkHeadPlace, headTensorsPath, loadHead, saveHead } from "../core/classify/head-file.js";
import { type HeadName, headNames } from "../core/classify/heads.js";
import { type HeadReport, trainHead } from "../core/collection/train-head.js";
import { given } from "../core/given.js";
import { openStore } from "../core/store/feature-store.js";
import { classifyFacts, type Found } from "./classify-facts.js";
import { type GivenLabels, labelsFor } from "./classify-labels.js";
import { writeReport } from "./classify-page.js";
import { reportText } from "./classify-text.js";
import { interruptSignal } from "./interrupt.js";
import { nonEmpty, oneMore, positiveInteger, wholeNumber } from "./model-options.js";
import { checkOutputs } from "./outputs.js";
import { isFolder, isRead, predictAll, predictionsText } from "./predict-pictures.js";
import { type Progress, progressOn, stepsOn } from "./progress.js";
import { type StoreOptions, whereOf, withStoreOptions } from "./store-options.js";
import { makeFolderOf } from "./write-file.js";

export interface ClassifyOptions extends StoreOptions {
  labels?: string;
  head?: HeadName;
  folds?: number;
  seed?: number;
  duplicates?: number;
  save?: string;
  use?: string;
  predict?: string[];
  csv?: string;
  unsureBelow?: number;
  model?: string;
  threads?: number;
  out?: string;
  json?: boolean;
}

const help = `
Examples:
  patchlab embed photos                                    a folder of pictures as vectors in photos.patchlab
  patchlab classify photos.patchlab                        how well its folders can be told apart
  patchlab classify photos.patchlab --labels kinds.csv --save kinds.json
                                                           the same for labels in a file, and keeps the classifier
  patchlab classify new-photos --use kinds.json --csv new.csv
                                                           what the classifier says of new pictures`;

export function classifyCommand(): Command {
  const command = new Command("classify")
    .description("train a classifier on a store's pictures and labels, tell how good it is, and use it on others")
    .argument("<source>", "a file that `patchlab embed` made; with --use also a folder of pictures, or one picture")
    .option(
      "--labels <folders|file>",
      "a CSV file with the columns file and label, or the folders that the pictures lie in (default: folders)",
      nonEmpty,
    )
    .addOption(new Option("--head <name>", "what is trained on the vectors (default: logistic)").choices(headNames))
    .option("--folds <n>", "parts, each tested by what the others trained (default: 5)", atLeastTwo)
    .option("--seed <n>", "decides the parts and the starts (default: 0)", wholeNumber)
    .option(
      "--duplicates <cosine>",
      "from which pictures count as near-duplicates, kept together (default: 0.9 or more, by the pictures)",
      cosine,
    )
    .option("--save <file.json>", "keep the classifier, with its numbers in a .safetensors beside it", nonEmpty)
    .option("--use <file.json>", "train nothing: use a classifier that was kept", nonEmpty)
    .option(
      "--predict <source>",
      "then judge these: a folder, a picture or a store; may be given several times",
      oneMore,
    )
    .option("--csv <file>", "where the predictions go, with the probability of each class", nonEmpty)
    .option("--unsure-below <p>", 'say "unsure" below this confidence, 0 to 1 (default: 0.5)', probability)
    .option("--model <model>", "reads pictures (default: the one whose vectors the classifier knows)", nonEmpty)
    .option("--threads <n>", "threads for the model (default: the machine's physical cores)", positiveInteger)
    .option("--out <file>", "also write a page that shows how good it is and which labels look wrong", nonEmpty)
    .option("--json", "print all that was found as JSON");
  return withStoreOptions(command).addHelpText("after", help).action(run);
}

async function run(source: string, options: ClassifyOptions, command: Command): Promise<void> {
  checkUse(source, options, command);
  const { save, csv, out, use, labels, predict = [], json } = options;
  const tensors = save === undefined ? undefined : tensorsOf(save, command);
  const inputs = [source, use, use === undefined ? undefined : tensorsOf(use, command), labels, ...predict];
  checkOutputs(
    command,
    { "--save": save, "the file beside --save": tensors, "--csv": csv, "--out": out },
    inputs.filter((path) => path !== undefined),
  );
  if (save !== undefined) await checkHeadPlace(save);
  const progress = progressOn(process.stderr, json);
  const trained = use === undefined ? await train(source, options, progress) : undefined;
  const head = trained?.head ?? (await loadHead(use!));
  const sources = use === undefined ? predict : [source];
  const predicted = sources.length === 0 ? undefined : await predictAll(head, sources, options, progress);
  progress.end();
  const found: Found = { head, ...given({ trained, predicted }) };
  console.log(json ? JSON.stringify(classifyFacts(source, options, found)) : text(options, found));
}

/** What training gave. */
export interface Trained {
  head: HeadReport;
  labels: GivenLabels;
}

async function train(path: string, options: ClassifyOptions, progress: Progress): Promise<Trained> {
  const { space, head, folds, seed, duplicates: duplicateThreshold, save, out } = options;
  const signal = interruptSignal();
  const store = await openStore(path);
  try {
    progress.step("Reading vectors");
    const embeddings = await store.embeddings(given({ space, where: whereOf(options), signal }));
    const labels = await labelsFor(store, embeddings, options.labels, signal);
    const report = await trainHead(embeddings, {
      ...given({ head, folds, seed, duplicateThreshold, signal }),
      labels: labels.labels,
      onProgress: stepsOn(progress),
    });
    if (save !== undefined) {
      await makeFolderOf(save);
      await saveHead(save, report);
    }
    if (out !== undefined) {
      progress.step("Drawing the page");
      await writeReport(out, report, embeddings, path);
    }
    return { head: report, labels };
  } finally {
    await store.close();
  }
}

function text(options: ClassifyOptions, { trained, predicted }: Found): string {
  const parts = [
    ...(trained ? [reportText(options, trained)] : []),
    ...(predicted ? [predictionsText(predicted)] : []),
  ];
  return parts.join("\n\n");
}

/** What does not go together, told before any work. */
function checkUse(source: string, options: ClassifyOptions, command: Command): void {
  const { use, predict, csv, json } = options;
  const fail = (problem: string) => command.error(`error: ${problem}`);
  if (use === undefined && isFolder(source))
    fail(`${source} is a folder: make a store of it with \`patchlab embed\` and give that, or judge it with --use`);
  if (use !== undefined) {
    const names = ["labels", "head", "folds", "seed", "duplicates", "save", "predict", "out"] as const;
    const training = names.filter((name) => options[name] !== undefined).map((name) => `--${name}`);
    if (training.length > 0) fail(`--use trains nothing: leave ${training.join(" and ")} out`);
    if (isRead(source) && whereOf(options))
      fail("--folder, --label, --min-side, --since and --before choose among a store's pictures: leave them out");
    if (options.space !== undefined) fail("--use knows whose vectors it takes: leave --space out");
  }
  const judges = use !== undefined || predict !== undefined;
  if (judges && csv === undefined && !json) fail("predictions need a place: give --csv FILE, or --json");
  if (!judges && csv !== undefined) fail("--csv is for predictions: say of what with --predict, or --use");
  if (!judges && options.model !== undefined) fail("--model reads pictures to judge: give --predict or --use");
  if (!judges && options.unsureBelow !== undefined) fail("--unsure-below is for predictions: give --predict or --use");
}

function tensorsOf(path: string, command: Command): string {
  try {
    return headTensorsPath(path);
  } catch {
    return command.error(`error: ${path} is no place for a classifier: give a name that ends in .json`);
  }
}

function probability(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError("Give a number from 0 to 1.");
  return value;
}

function cosine(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError("Give a number above 0, up to 1.");
  return value;
}

function atLeastTwo(value: string): number {
  const number = positiveInteger(value);
  if (number < 2) throw new InvalidArgumentError("Give 2 or more.");
  return number;
}
