/** The bundled pictures of clothes as a dataset. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { projectFile } from "./fixtures.js";

export interface Clothes {
  pictures: string[];
  labels: string[];
}

/** The first `each` pictures of the kinds. */
export function clothes(kinds: readonly string[], each: number): Clothes {
  const folder = projectFile("images/clothing");
  const files = kinds.map((kind) => readdirSync(join(folder, kind)).sort().slice(0, each));
  return {
    pictures: files.flatMap((names, i) => names.map((name) => join(folder, kinds[i], name))),
    labels: files.flatMap((names, i) => names.map(() => kinds[i])),
  };
}
