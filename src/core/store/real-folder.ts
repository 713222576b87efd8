/** A folder's path as roots are written down. */
import { realpathSync } from "node:fs";
import { resolve } from "node:path";

/** The whole path, links resolved where the folder is there. */
export function realFolder(folder: string): string {
  const whole = resolve(folder);
  try {
    return realpathSync(whole);
  } catch {
    return whole;
  }
}
