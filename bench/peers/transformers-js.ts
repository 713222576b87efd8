/** transformers.js, in a process of its own. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installedVersion } from "../installed.js";
import { PeerAbsent, PeerProcess } from "./process.js";

const name = "@huggingface/transformers";
const script = fileURLToPath(new URL("./transformers-js-server.js", import.meta.url));

/**
 * Opens a folder with an ONNX export in transformers.js, which is looked for from here, or from the folder that
 * `PATCHLAB_BENCH_PEERS` names.
 *
 * @param exported makes the export, once it is known that it is needed
 * @throws PeerAbsent saying what to install
 */
export async function openTransformersJs(exported: () => Promise<string>, threads: number): Promise<PeerProcess> {
  const elsewhere = process.env.PATCHLAB_BENCH_PEERS;
  const from = elsewhere ? join(elsewhere, "/") : import.meta.url;
  if (installedVersion(name, from) === undefined)
    throw new PeerAbsent(
      `transformers.js is not installed: npm install --no-save ${name}, or name a folder that has it in PATCHLAB_BENCH_PEERS`,
    );
  const request = { op: "open", folder: await exported(), threads };
  return PeerProcess.open(process.execPath, [script, from], request);
}
