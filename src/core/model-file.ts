/** Where a model folder's files really lie: a link must not lead a reader out of the folder. */
import { realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { CheckpointError, FileError } from "./errors.js";

/**
 * The path of a file of a model folder, links resolved. The folder itself may be a link. The file must lie in it; in
 * a snapshot of the Hugging Face cache, whose files are links to the repository's blobs, it may also lie there.
 *
 * @param name the file's name from the folder, such as "model.safetensors" or "onnx/model.onnx"
 * @throws CheckpointError when there is no such file, or when it is a link to somewhere else
 * @throws FileError when it cannot be looked at
 * @see https://huggingface.co/docs/huggingface_hub/guides/manage-cache for the cache's layout
 */
export async function fileInModelFolder(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  const [real, realFolder] = await Promise.all([realpath(path), realpath(folder)]).catch((cause) => {
    throw unreachable(path, cause);
  });
  if (!allowedFolders(realFolder).some((allowed) => real.startsWith(allowed + sep)))
    throw new CheckpointError(path, "leads out of the model's folder: put the file itself there");
  if (!(await stat(real)).isFile()) throw new CheckpointError(path, "is no file: a model folder needs this file");
  return real;
}

function unreachable(path: string, cause: NodeJS.ErrnoException): Error {
  const { code = "", message } = cause;
  if (["ENOENT", "ENOTDIR", "ELOOP", "ERR_INVALID_ARG_VALUE"].includes(code))
    return new CheckpointError(path, "is missing, or a link to nothing: download it again", { cause });
  return new FileError(path, `cannot be read (${code || message}): check its permissions`, { cause });
}

/** The folder, and the blobs beside `snapshots` when it is a snapshot or lies in one. */
function allowedFolders(realFolder: string): string[] {
  const parts = realFolder.split(sep);
  const snapshots = parts.lastIndexOf("snapshots");
  const isCache = snapshots > 0 && parts[snapshots - 1].startsWith("models--") && parts.length > snapshots + 1;
  return isCache ? [realFolder, [...parts.slice(0, snapshots), "blobs"].join(sep)] : [realFolder];
}
