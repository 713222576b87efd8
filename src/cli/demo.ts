/** `patchlab demo`: the quickstart page from the bundled pictures and model, or from one's own. */
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Command } from "commander";
import { loadModel } from "../core/model/load.js";
import { interruptSignal } from "./interrupt.js";
import { type ModelOptions, withModelOptions } from "./model-options.js";
import { progressOn } from "./progress.js";
import { quickstart } from "./quickstart.js";
import { writeResult } from "./write-file.js";

interface Options extends ModelOptions {
  images?: string;
  kind?: string;
  out: string;
  json?: boolean;
}

const bundledImages = fileURLToPath(new URL("../../images", import.meta.url));

export function demoCommand(): Command {
  return withModelOptions(new Command("demo"))
    .description("a page with patch maps, look-alikes and an embedding map of a folder of pictures")
    .option("--images <dir>", "folder of pictures, in sub-folders by kind (default: those that ship with patchlab)")
    .option("--kind <folder>", "the sub-folder whose pictures are mapped (default: the first with four)")
    .option("--out <file>", "where to write the page", "quickstart.html")
    .option("--json", "print what was made as JSON")
    .action(run);
}

async function run(options: Options): Promise<void> {
  const started = performance.now();
  const progress = progressOn(process.stderr, options.json);
  progress.step(`Loading ${options.model}`);
  const model = await loadModel(options.model, { threads: options.threads });
  try {
    const result = await quickstart({
      model,
      images: options.images ?? bundledImages,
      kind: options.kind,
      size: options.size,
      progress,
      signal: interruptSignal(),
    });
    const out = resolve(options.out);
    await writeResult(out, result.html);
    const seconds = (performance.now() - started) / 1000;
    const { html, ...facts } = result;
    if (options.json) console.log(JSON.stringify({ page: out, ...facts, failed: names(facts.failed), seconds }));
    else console.log(sentence(out, html.length, seconds, facts.failed));
  } finally {
    await model.close();
  }
}

function names(failed: { name: string; error: Error }[]): { name: string; error: string }[] {
  return failed.map(({ name, error }) => ({ name, error: error.message }));
}

function sentence(out: string, bytes: number, seconds: number, failed: { error: Error }[]): string {
  const skipped = failed.map(({ error }) => `  left out: ${error.message}\n`).join("");
  const size = (bytes / 1e6).toFixed(1);
  return `${skipped}\nOpen ${pathToFileURL(out).href}\n${size} MB, made in ${seconds.toFixed(0)} s; it works without a network.`;
}
