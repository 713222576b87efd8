/** Work that permissions apply to, also where the tests run as root, whom none stop. */
import { chmodSync } from "node:fs";

const nobody = 65534;

/** Call it with folders that have to be written in. Not on Windows, which has no such permissions. */
export async function unprivileged<T>(folders: readonly string[], work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  for (const folder of folders) chmodSync(folder, 0o777);
  process.seteuid!(nobody);
  try {
    return await work();
  } finally {
    process.seteuid!(0);
  }
}
