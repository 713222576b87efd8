/** PyTorch with transformers, in a Python process. */
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PeerAbsent, PeerProcess } from "./process.js";

const script = fileURLToPath(new URL("./torch_server.py", import.meta.url));

/**
 * Opens a checkpoint folder in PyTorch. `PATCHLAB_PYTHON` names the Python that has it, otherwise `python3` is asked.
 *
 * @throws PeerAbsent saying what to install
 */
export async function openTorch(folder: string): Promise<PeerProcess> {
  const python = process.env.PATCHLAB_PYTHON || "python3";
  return PeerProcess.open(python, [script], { op: "open", folder }).catch((cause) => {
    if (!(cause instanceof PeerAbsent)) throw cause;
    const advice = "pip install torch transformers, or name the Python that has them in PATCHLAB_PYTHON";
    throw new PeerAbsent(`PyTorch with transformers is not installed (${cause.message}): ${advice}`, { cause });
  });
}

/**
 * Writes the checkpoint as torch.onnx exports it, in the layout of the Hub's onnx-community.
 *
 * @returns versions of what made it
 * @throws PeerAbsent saying what to install
 */
export async function exportOnnx(peer: PeerProcess, folder: string, target: string): Promise<Record<string, string>> {
  await mkdir(join(target, "onnx"), { recursive: true });
  for (const name of ["config.json", "preprocessor_config.json"])
    await copyFile(join(folder, name), join(target, name));
  const request = { op: "export", path: join(target, "onnx", "model.onnx") };
  const { versions } = await peer.ask<{ versions: Record<string, string> }>(request).catch((cause) => {
    if (!/No module named/.test(cause.message)) throw cause;
    const advice = "pip install onnx onnxscript";
    throw new PeerAbsent(`what PyTorch exports graphs with is not installed (${cause.message}): ${advice}`, { cause });
  });
  return versions;
}
