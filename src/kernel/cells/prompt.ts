/** `prompt()` in cells: asks whoever runs the notebook for a line of text. */
import { PatchlabError } from "../../core/errors.js";
import type { CellEvent } from "./messages.js";
import { Interrupted } from "./run-cell.js";

export interface PromptOptions {
  /** Hide what is typed. @default false */
  readonly password?: boolean;
}

/** Nobody can be asked, as when a notebook runs without Jupyter. */
export class NoInputError extends PatchlabError {
  constructor(message: string) {
    super(
      `prompt(${JSON.stringify(message)}) cannot be answered, as nobody is there to type: run this cell in Jupyter`,
    );
  }
}

export type Prompt = (message?: string, options?: PromptOptions) => string;

/**
 * @param ask sends the question and blocks until the answer; undefined when the cell was interrupted
 * @param allowed whether the running cell may ask
 */
export function createPrompt(ask: (question: CellEvent) => string | undefined, allowed: () => boolean): Prompt {
  return (message = "", { password = false } = {}) => {
    if (!allowed()) throw new NoInputError(message);
    const text = ask({ type: "input", prompt: String(message), password });
    if (text === undefined) throw new Interrupted();
    return text;
  };
}
