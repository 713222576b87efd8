/** The options by which every verb that runs a model names it and its pictures' size. */
import { type Command, InvalidArgumentError } from "commander";

export interface ModelOptions {
  model: string;
  size?: number;
  threads?: number;
}

/** The model itself, for verbs with a size of another meaning. */
export function withModel(command: Command): Command {
  return command
    .option("--model <model>", "name, folder or ONNX file of a model", nonEmpty, "efficientnet-lite0")
    .option("--threads <n>", "threads for the network (default: the machine's physical cores)", positiveInteger);
}

export function withModelOptions(command: Command): Command {
  return withModel(command).option("--size <pixels>", "side of the network's input for patch maps", positiveInteger);
}

export function nonEmpty(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It is empty.");
  return text;
}

/** For options that may be given several times: one that took several values would swallow the arguments behind it. */
export function oneMore(text: string, before: string[] | undefined): string[] {
  return [...(before ?? []), nonEmpty(text)];
}

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("Give a whole number, 1 or more.");
  return value;
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(value)) throw new InvalidArgumentError("Give a whole number.");
  return value;
}

/** Side of the input at which a model's patch maps are fine and still cheap: about 20 patches, 37 for 14-pixel ones. */
export function mapSize(patchSize: number): number {
  return patchSize >= 32 ? 640 : Math.round(518 / patchSize) * patchSize;
}
