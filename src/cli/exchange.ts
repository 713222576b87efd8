/** `patchlab export` and `patchlab import`: vectors to and from files of other programs. */
import { resolve } from "node:path";
import { Command, Option } from "commander";
import { type VectorFormat, vectorFormats } from "../core/interchange/vector-format.js";
import { loadModel } from "../core/model/load.js";
import { exportVectors, importVectors } from "../core/store/exchange.js";
import { openStore } from "../core/store/feature-store.js";
import { counted } from "../widgets/wording.js";
import { quoted } from "./embed.js";
import { interruptSignal } from "./interrupt.js";
import { nonEmpty } from "./model-options.js";
import { checkOutputs } from "./outputs.js";
import { progressOn } from "./progress.js";
import { type StoreOptions, whereOf, withStoreOptions } from "./store-options.js";

interface ExportOptions extends StoreOptions {
  format?: VectorFormat;
  metric?: "ip" | "l2";
  relativeTo?: string;
  json?: boolean;
}

const formatOption = () =>
  new Option("--format <name>", "what the file is (default: by its name: .faiss, .npy, .h5, .parquet)").choices(
    vectorFormats,
  );

export function exportCommand(): Command {
  return withStoreOptions(new Command("export"))
    .description("write a store's vectors for FAISS, NumPy, h5py or pandas")
    .argument("<store>", "a file that `patchlab embed` made")
    .argument("<file>", "ends in .faiss, .npy, .h5 or .parquet; names that do not fit into it go into a .csv beside it")
    .addOption(formatOption())
    .addOption(new Option("--metric <name>", "what a FAISS index measures (default: ip)").choices(["ip", "l2"]))
    .option("--relative-to <folder>", "write paths from this folder on (default: whole paths)", nonEmpty)
    .option("--json", "print the written files as JSON")
    .action(runExport);
}

async function runExport(path: string, file: string, options: ExportOptions, command: Command): Promise<void> {
  checkOutputs(command, { "<file>": file }, [path]);
  const { format, metric, relativeTo, space, json } = options;
  const where = whereOf(options);
  const progress = progressOn(process.stderr, json);
  const store = await openStore(path);
  try {
    progress.step(`Writing ${file}`);
    const files = await exportVectors(store, file, {
      ...{ format, metric, relativeTo, space, where },
      signal: interruptSignal(),
    });
    progress.end();
    console.log(json ? JSON.stringify({ files: files.map((name) => resolve(name)) }) : files.join("\n"));
  } finally {
    await store.close();
  }
}

interface ImportOptions {
  store: string;
  format?: VectorFormat;
  model?: string;
  root?: string;
  wait?: boolean;
  json?: boolean;
}

export function importCommand(): Command {
  return new Command("import")
    .description("take vectors that another program made into a store")
    .argument("<file>", "a flat FAISS index, .npy, .h5 or .parquet; names in a .csv beside it are taken along")
    .requiredOption("--store <file>", "the store, made where there is none", nonEmpty)
    .addOption(formatOption())
    .option("--model <model>", "what made the vectors, so that pictures can be compared with them", nonEmpty)
    .option("--root <folder>", "folder that the names start from (default: the file's own)", nonEmpty)
    .option("--wait", "wait while another process writes into the store")
    .option("--json", "print what was imported as JSON")
    .action(runImport);
}

async function runImport(file: string, options: ImportOptions, command: Command): Promise<void> {
  const { json, model: name, store: path, ...rest } = options;
  checkOutputs(command, { "--store": path }, [file]);
  const progress = progressOn(process.stderr, json);
  progress.step(`Reading ${file}`);
  const model = name === undefined ? undefined : await loadModel(name);
  try {
    const store = await importVectors(file, { ...rest, model, store: path, signal: interruptSignal() });
    progress.end();
    const { imported } = store;
    await store.close();
    const text = `${counted(imported, "vector")} came into ${path}: npx patchlab info ${quoted(path)} shows it`;
    console.log(json ? JSON.stringify({ store: resolve(path), imported }) : text);
  } finally {
    await model?.close();
  }
}
