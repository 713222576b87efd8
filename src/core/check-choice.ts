import { ArgumentError } from "./errors.js";

/** @throws ArgumentError when the value is neither left out nor one of the choices */
export function checkChoice(argument: string, value: unknown, choices: readonly string[]): void {
  if (value === undefined || choices.includes(value as string)) return;
  const list = choices.map((choice) => JSON.stringify(choice)).join(" or ");
  throw new ArgumentError(argument, `is ${JSON.stringify(value)}: give ${list}`);
}
