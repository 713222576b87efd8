/** How commands report the pictures that they left out. */
import type { FailedPicture } from "../core/picture.js";

export function failuresAsJson(failed: readonly FailedPicture[]): { name: string; error: string }[] {
  return failed.map(({ name, error }) => ({ name, error: error.message }));
}

/** A line each, or nothing. */
export function failuresAsText(failed: readonly FailedPicture[]): string {
  return failed.map(({ error }) => `  left out: ${error.message}\n`).join("");
}
