/** `patchlab info STORE`: what a store holds. */
import { Command } from "commander";
import { byteSize } from "../core/hub/byte-size.js";
import { short } from "../core/model/vector-space.js";
import { openStore, type StoreInfo } from "../core/store/feature-store.js";
import { counted } from "../widgets/wording.js";

export function infoCommand(): Command {
  return new Command("info")
    .description("what a store holds: folders, models, pictures that could not be read")
    .argument("<store>", "a file that `patchlab embed` made")
    .option("--json", "print it as JSON")
    .action(run);
}

async function run(path: string, { json }: { json?: boolean }): Promise<void> {
  const store = await openStore(path);
  try {
    const info = store.info();
    console.log(json ? JSON.stringify(info) : text(info));
  } finally {
    await store.close();
  }
}

function text({ path, bytes, folders, pictures, spaces, failed }: StoreInfo): string {
  const { here, failed: unreadable, gone } = pictures;
  return [
    `${path}  ${byteSize(bytes)}`,
    `  ${counted(here, "picture")}, ${unreadable} could not be read, ${gone} gone`,
    ...folders.map((folder) => `  folder  ${folder.path}  ${counted(folder.pictures, "picture")}`),
    ...spaces.map(
      ({ modelName, fingerprint, dim, vectors, inputSize }) =>
        `  model   ${modelName} (${short(fingerprint)})  ${counted(vectors, "vector")} of ${dim} numbers` +
        (inputSize ? `, at ${inputSize[0]} x ${inputSize[1]} pixels` : ""),
    ),
    ...failed.map(({ problem }) => `  failed  ${problem}`),
  ].join("\n");
}
