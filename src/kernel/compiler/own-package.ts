/**
 * Where `import … from "patchlab"` leads in any folder: to the folder's own copy, from a node_modules above it or
 * because it lies inside the package, else to the copy that this kernel belongs to.
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ownPackage = "patchlab";

/** The package folder that this file lies in. */
export const ownRoot: string = fileURLToPath(new URL("../../..", import.meta.url)).replace(/[\\/]$/, "");

/** A file inside the package, from where its dependencies (Node's types) are found. */
export const ownFile: string = join(ownRoot, "package.json");

/** A folder from which the package is found, so that types and code are of the same copy. */
export function packageOrigin(folder: string): string {
  try {
    createRequire(join(folder, "cell.js")).resolve(ownPackage);
    return folder;
  } catch {
    return dirname(ownFile);
  }
}
