import { ArgumentError } from "../errors.js";
import type { ForwardOptions } from "./model.js";

/** @throws ArgumentError naming the output that is asked for and that only transformers which we run ourselves give */
export function refuseTransformerOutputs(
  options: ForwardOptions,
  problem = "is something that only transformers have: leave it out",
): void {
  for (const output of ["hiddenStates", "layers", "attention"] as const)
    if (options[output]) throw new ArgumentError(output, problem);
}
