import { writeAtomically } from "../core/atomic-write.js";
import type { MimeBundle } from "./bundle.js";
import { page } from "./page.js";

export interface SaveOptions {
  /** @default "patchlab" */
  readonly title?: string;
  readonly intro?: string;
  readonly footer?: string;
}

/**
 * Writes one or more figures as a page that opens without a network.
 *
 * @throws FileError when the file cannot be written
 */
export async function saveHtml(
  figures: MimeBundle | readonly MimeBundle[],
  path: string,
  options: SaveOptions = {},
): Promise<void> {
  const list = Array.isArray(figures) ? figures : [figures];
  const sections = list.map((bundle) => ({ bundle }));
  await writeAtomically(path, page({ title: "patchlab", ...options, sections }));
}
