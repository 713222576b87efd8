/** Knows a picture on disk as one of the store's. */
import { realpathSync, type Stats, statSync } from "node:fs";
import type { StoreDatabase } from "./database.js";
import { pathBelow } from "./path-below.js";

/** The id of the image at a path, if its file has the size and the time that it had when it was embedded. */
export function unchangedImage(database: StoreDatabase, path: string): number | undefined {
  const file = fileAt(path);
  if (!file) return undefined;
  const { stats, whole } = file;
  for (const [root, folder] of database.all("SELECT id, path FROM roots") as [number, string][]) {
    const below = pathBelow(folder, whole);
    if (below === undefined) continue;
    const found = database.get(
      "SELECT id FROM images WHERE root = ? AND path = ? AND bytes = ? AND modified = ? AND state = 'here'",
      ...[root, below, stats.size, stats.mtimeMs],
    );
    if (found) return Number(found[0]);
  }
  return undefined;
}

/** Whoever reads it says what is wrong with a file that cannot be looked at. */
function fileAt(path: string): { stats: Stats; whole: string } | undefined {
  try {
    return { stats: statSync(path), whole: realpathSync(path) };
  } catch {
    return undefined;
  }
}
