/** `patchlab pull NAME`: downloads a model into the Hub's cache on this disk. */
import { Command } from "commander";
import { byteSize } from "../core/hub/byte-size.js";
import { catalogueEntry } from "../core/model/catalogue.js";
import { type PulledModel, pullModel } from "../core/model/pull-model.js";
import { interruptSignal } from "./interrupt.js";
import { nonEmpty } from "./model-options.js";
import { progressOn } from "./progress.js";

interface Options {
  json?: boolean;
}

const help = `
A download that broke off goes on where it ended. The cache is the one of Python's huggingface_hub; HF_HOME and
HF_HUB_CACHE say where it is, HF_TOKEN who you are, HF_ENDPOINT where the Hub is, HF_HUB_OFFLINE=1 not to ask it.`;

export function pullCommand(): Command {
  return new Command("pull")
    .description("download a model by its name, and check what came")
    .argument("<name>", "a name that `patchlab models` lists, or owner/name on the Hugging Face Hub", nonEmpty)
    .option("--json", "print what is there as JSON")
    .addHelpText("after", help)
    .action(run);
}

async function run(name: string, { json }: Options): Promise<void> {
  const progress = progressOn(process.stderr, json);
  const signal = interruptSignal();
  progress.step(`Downloading ${name}`, "bytes");
  const pulled = await pullModel(name, { signal, onProgress: progress.update });
  if (came(pulled).length > 0) progress.end();
  else progress.drop();
  console.log(json ? JSON.stringify(facts(pulled)) : sentence(pulled));
}

function came({ files }: PulledModel): PulledModel["files"] {
  return files.filter(({ downloaded }) => downloaded);
}

function bytesOf(files: PulledModel["files"]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

function facts(pulled: PulledModel): object {
  return { ...pulled, bytes: bytesOf(pulled.files), downloadedBytes: bytesOf(came(pulled)) };
}

function sentence(pulled: PulledModel): string {
  const { name, folder } = pulled;
  return [state(pulled), `  ${folder}`, ...inPython(pulled), `Use it with: npx patchlab demo --model ${name}`].join(
    "\n",
  );
}

/** Python looks for the main branch unless told otherwise, and would not find a commit that the catalogue names. */
function inPython({ name, hubId, commit }: PulledModel): string[] {
  if (catalogueEntry(name)?.revision === undefined) return [];
  return [`In Python: from_pretrained("${hubId}", revision="${commit}")`];
}

function state(pulled: PulledModel): string {
  const { name, source, files } = pulled;
  if (source === "bundled") return `${name} ships with patchlab: there is nothing to download.`;
  if (source === "cache") return `${name} is on this disk from before; the Hub has not said whether it is current.`;
  const size = byteSize(bytesOf(files));
  if (came(pulled).length === 0)
    return `${name} was on this disk already: ${files.length} files, ${size}, checksums right.`;
  return `${name} is on this disk now: ${files.length} files, ${size}, checksums right.`;
}
