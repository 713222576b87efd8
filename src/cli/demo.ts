/** `patchlab demo`: the quickstart page from the bundled pictures and model, or from one's own. */
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Command } from "commander";
import { loadModel } from "../core/model/load.js";
import { failuresAsJson, failuresAsText } from "./failures.js";
import { interruptSignal } from "./interrupt.js";
import { type ModelOptions, nonEmpty, withModelOptions } from "./model-options.js";
import { checkOutputs } from "./outputs.js";
import { progressOn } from "./progress.js";
import { type Quickstart, quickstart } from "./quickstart.js";
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
    .option(
      "--images <dir>",
      "folder of pictures, in sub-folders by kind (default: those that ship with patchlab)",
      nonEmpty,
    )
    .option("--kind <folder>", "the sub-folder whose pictures are mapped (default: the first with four)", nonEmpty)
    .option("--out <file>", "where to write the page", nonEmpty, "quickstart.html")
    .option("--json", "print what was made as JSON")
    .action(run);
}

async function run(options: Options, command: Command): Promise<void> {
  checkOutputs(command, { "--out": options.out });
  const started = performance.now();
  const signal = interruptSignal();
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
      signal,
    });
    const out = resolve(options.out);
    await writeResult(out, result.html);
    const seconds = (performance.now() - started) / 1000;
    const { html, ...facts } = result;
    if (options.json)
      console.log(JSON.stringify({ page: out, ...facts, failed: failuresAsJson(facts.failed), seconds }));
    else console.log(sentence(out, seconds, result));
  } finally {
    await model.close();
  }
}

function sentence(out: string, seconds: number, { html, failed, leftOut }: Quickstart): string {
  const sections = leftOut.map(({ section, reason }) => `  left out: the section "${section}", since ${reason}\n`);
  const size = (html.length / 1e6).toFixed(1);
  return `${failuresAsText(failed)}${sections.join("")}\nOpen ${pathToFileURL(out).href}\n${size} MB, made in ${seconds.toFixed(0)} s; it works without a network.`;
}
