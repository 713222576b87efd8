/** `--parameters name=value` of `patchlab run`, given as often as there are parameters. */
import { InvalidArgumentError } from "commander";
import type { Parameters } from "../kernel/notebook/parameters.js";

/** Numbers, true, false, null, lists and records as JSON has them; anything else is text. */
function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    // a number that loses digits is better kept as it was written
    return typeof value === "number" && Math.abs(value) > Number.MAX_SAFE_INTEGER ? text : value;
  } catch {
    return text;
  }
}

/** One more parameter beside those given before it. */
export function oneMoreParameter(text: string, before: Parameters = {}): Parameters {
  const equals = text.indexOf("=");
  if (equals <= 0) throw new InvalidArgumentError("Give name=value, such as threshold=0.4.");
  const name = text.slice(0, equals).trim();
  if (Object.hasOwn(before, name)) throw new InvalidArgumentError(`${name} is given twice.`);
  return { ...before, [name]: parsed(text.slice(equals + 1)) };
}
