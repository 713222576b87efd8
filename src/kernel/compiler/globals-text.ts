/** What cells find without importing it, as declarations for the compiler; Node's own come from its types. */
import { declarationsText } from "../values/declarations.js";

export const globalsText: string = `${declarationsText}
/**
 * Asks for a line of text below the cell and waits for it.
 *
 * @param message what stands in front of the field
 * @param options.password hide what is typed @default false
 * @returns what was typed, without the line's end
 * @throws NoInputError where nobody can be asked, as when a notebook runs without Jupyter
 * @example const name = prompt("Your name: ");
 */
declare function prompt(message?: string, options?: { readonly password?: boolean }): string;

/**
 * Shows a value aside, in the front end's pager where it has one, once the cell has run.
 *
 * @example page(JSON.stringify(settings, null, 2));
 */
declare function page(value: unknown): void | Promise<void>;
`;
