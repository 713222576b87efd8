import { readFile, stat } from "node:fs/promises";
import { writeAtomically } from "../atomic-write.js";
import { FileError, FormatError } from "../errors.js";
import { checkRecipe, type Recipe, recipeFromJson, recipeToJson } from "./recipe.js";

/** A recipe of a 4096-dimensional model takes 0.2 MB; what is larger than this is another file. */
const maxBytes = 2 ** 25;

/**
 * Writes a recipe as JSON, whole or not at all: a file already there stays until the new one is complete.
 *
 * @throws FormatError when it is no recipe; FileError when the file cannot be written
 */
export async function saveRecipe(recipe: Recipe, path: string): Promise<void> {
  await writeAtomically(path, recipeToJson(checkRecipe(recipe)));
}

/**
 * Reads a recipe that `saveRecipe` wrote.
 *
 * @throws FileError when the file cannot be read; FormatError when it holds no recipe
 */
export async function loadRecipe(path: string): Promise<Recipe> {
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > maxBytes) throw new FormatError(path, `has ${size} bytes, too many for a recipe: give a recipe's file`);
    text = await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    throw new FileError(path, `cannot be read (${(cause as Error).message}): give the file of a saved recipe`, {
      cause,
    });
  }
  return recipeFromJson(text, path);
}
