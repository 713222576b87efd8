/** Brings a store up to date with a folder, as the only one that writes into it. */
import { spaceOf } from "../model/vector-space.js";
import type { StoreDatabase } from "../store/database.js";
import { addRoot, type Root } from "../store/images.js";
import { pathBelow } from "../store/path-below.js";
import { becomeWriter } from "../store/writer.js";
import { EmbeddingRun, type EmbedIntoStoreOptions, type EmbedReport } from "./embedding-run.js";
import { type FolderScan, scanFolder } from "./scan-folder.js";

export type { EmbedIntoStoreOptions, EmbedReport } from "./embedding-run.js";

/**
 * @throws FileError when the folder is missing or holds no picture, or goes away meanwhile; the first picture's error
 *   when none of the folder's can be read; StoreBusyError and StoreError when the store cannot be written
 */
export async function embedIntoStore(
  folder: string,
  database: StoreDatabase,
  options: EmbedIntoStoreOptions,
): Promise<EmbedReport> {
  const writer = await becomeWriter(database, options);
  try {
    const scan = await scanFolder(folder, options);
    const space = await spaceOf(options.model, options);
    const root = writer.transaction(() => addRoot(database, scan.folder));
    const run = new EmbeddingRun({ database, writer, root, space, scan: fromRoot(scan, root) }, options);
    return await run.finish();
  } finally {
    writer.end();
  }
}

/** With paths from the root on, which may be a folder above. */
function fromRoot(scan: FolderScan, root: Root): FolderScan {
  const below = pathBelow(root.path, scan.folder);
  if (below === "") return scan;
  const whole = (path: string) => `${below}/${path}`;
  const files = scan.files.map((file) => ({ ...file, path: whole(file.path) }));
  return { ...scan, files, unreadable: scan.unreadable.map(whole) };
}
