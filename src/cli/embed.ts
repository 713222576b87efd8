/** `patchlab embed DIR`: brings a store up to date with a folder of pictures. */
import { basename, resolve } from "node:path";
import { Command, Option } from "commander";
import { type EmbeddedStore, embedFolder } from "../core/collection/embed-folder.js";
import type { EmbedReport } from "../core/collection/embed-into-store.js";
import type { Fit } from "../core/image/transform.js";
import { loadModel } from "../core/model/load.js";
import { type PoolingName, poolingNames } from "../core/model/pooling.js";
import { counted } from "../widgets/wording.js";
import { interruptSignal } from "./interrupt.js";
import { type ModelOptions, nonEmpty, positiveInteger, withModel } from "./model-options.js";
import { checkOutputs } from "./outputs.js";
import { progressOn } from "./progress.js";

interface Options extends ModelOptions {
  store?: string;
  fit?: Fit;
  pooling?: PoolingName;
  followLinks?: boolean;
  wait?: boolean;
  json?: boolean;
}

export function embedCommand(): Command {
  return withModel(new Command("embed"))
    .description("turn a folder of pictures into vectors in a store, one file; what the store knows is skipped")
    .argument("<folder>", "folder of pictures, with the folders below it")
    .option(
      "--store <file>",
      "the store, made where there is none (default: the folder's name with .patchlab)",
      nonEmpty,
    )
    .option("--size <pixels>", "side of the network's input (default: the model's own)", positiveInteger)
    .addOption(
      new Option("--fit <way>", "how pictures are brought to that size").choices(["crop", "squash", "letterbox"]),
    )
    .addOption(new Option("--pooling <name>", "how an image's tokens become its vector").choices(poolingNames))
    .option("--follow-links", "also embed what symbolic links lead to")
    .option("--wait", "wait while another process writes into the store")
    .option("--json", "print what became of the pictures as JSON")
    .action(run);
}

async function run(folder: string, options: Options, command: Command): Promise<void> {
  const { model: name, threads, json, store: path = `${basename(resolve(folder))}.patchlab`, ...reading } = options;
  checkOutputs(command, { "--store": path });
  const progress = progressOn(process.stderr, json);
  const started = performance.now();
  progress.step(`Loading ${name}`);
  const model = await loadModel(name, { threads });
  try {
    progress.step("Embedding", "pictures");
    const store = await embedFolder(folder, {
      ...{ ...reading, model, store: path },
      signal: interruptSignal(),
      onProgress: progress.update,
    });
    progress.end();
    const seconds = (performance.now() - started) / 1000;
    console.log(json ? JSON.stringify({ store: resolve(path), ...store.report, seconds }) : text(store, path));
    await store.close();
  } finally {
    await model.close();
  }
}

/** more failures than these are left to `info` */
const mostFailures = 20;

function text({ report, ...store }: EmbeddedStore, path: string): string {
  const { here } = store.info().pictures;
  const lines = report.failed.slice(0, mostFailures).map(({ problem }) => `  left out: ${problem}`);
  const more = report.failed.length - lines.length;
  if (more > 0) lines.push(`  and ${more} more: npx patchlab info ${quoted(path)} lists them`);
  return [
    ...lines,
    `${path} holds ${counted(here, "picture")}: ${changes(report)}`,
    `Look for more like one: npx patchlab search ${quoted(path)} IMAGE`,
  ].join("\n");
}

function changes(report: EmbedReport): string {
  const { added, changed, renamed, copied, unchanged, gone, failed } = report;
  const counts = {
    new: added,
    changed,
    moved: renamed,
    copies: copied,
    "as before": unchanged,
    gone,
    failed: failed.length,
  };
  const parts = Object.entries(counts).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []));
  return parts.join(", ") || "nothing to do";
}

/** A file's name as a shell takes it. */
export function quoted(path: string): string {
  return /^[\w./~-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
