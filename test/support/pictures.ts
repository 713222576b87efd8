/** Pictures of the project that tests look at. */
import { projectFile } from "./fixtures.js";

export function picture(name: string): string {
  return projectFile(`images/${name}.jpg`);
}

export const shoes: string[] = Array.from({ length: 4 }, (_, i) => picture(`clothing/shoes/shoes-0${i + 1}`));
