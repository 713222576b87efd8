/** What is to be done with a folder's pictures, decided from names, sizes and times alone. */
import type { FoundFile, KnownImage } from "../store/images.js";

export interface EmbeddingPlan {
  /** pictures that are as they were and have their vectors */
  unchanged: number;
  /** those that could not be read before and are as they were */
  failedBefore: KnownImage[];
  /** those that must be read, with what is known of them */
  toRead: { file: FoundFile; known?: KnownImage }[];
  /** those that were not found again: gone, or at another place */
  missing: KnownImage[];
}

export interface PlanOptions {
  /** folders that could not be listed and files that could not be looked at: nothing there counts as missing */
  readonly unreadable?: readonly string[];
  /** read those again that could not be read before @default false */
  readonly retry?: boolean;
}

export function planEmbedding(
  files: readonly FoundFile[],
  known: ReadonlyMap<string, KnownImage>,
  { unreadable = [], retry = false }: PlanOptions = {},
): EmbeddingPlan {
  const plan: EmbeddingPlan = { unchanged: 0, failedBefore: [], toRead: [], missing: [] };
  for (const file of files) {
    const before = known.get(file.path);
    const same = before !== undefined && before.bytes === file.bytes && before.modified === file.modified;
    if (same && before.state === "here" && before.embedded) plan.unchanged++;
    else if (same && before.state === "failed" && !retry) plan.failedBefore.push(before);
    else plan.toRead.push(before ? { file, known: before } : { file });
  }
  const found = new Set(files.map(({ path }) => path));
  for (const image of known.values())
    if (image.state !== "gone" && !found.has(image.path) && !unreadable.some((folder) => isBelow(image.path, folder)))
      plan.missing.push(image);
  return plan;
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
