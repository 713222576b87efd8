/** What people call the columns of a table of vectors. */

export const nameColumns: readonly string[] = ["name", "path", "file", "filename", "file_name"];
export const labelColumns: readonly string[] = ["label", "class"];
export const vectorColumns: readonly string[] = ["vector", "embedding", "embeddings", "features"];

/** The position of the first of the wanted names among those there are, whatever their case; -1 where there is none. */
export function columnAt(names: readonly string[], wanted: readonly string[]): number {
  const there = names.map((name) => name.trim().toLowerCase());
  return wanted.map((name) => there.indexOf(name)).find((at) => at >= 0) ?? -1;
}
