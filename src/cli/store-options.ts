/** The options by which every verb that looks into a store says what it means. */
import { type Command, InvalidArgumentError } from "commander";
import { given } from "../core/given.js";
import type { Where } from "../core/store/where.js";
import { nonEmpty, oneMore, positiveInteger } from "./model-options.js";

export interface StoreOptions {
  space?: string;
  folder?: string;
  label?: string[];
  minSide?: number;
  since?: Date;
  before?: Date;
}

export function withStoreOptions(command: Command): Command {
  return command
    .option("--space <name>", "whose vectors, a model's name or fingerprint, where the store has several", nonEmpty)
    .option("--folder <folder>", "only pictures in this folder and below it", nonEmpty)
    .option("--label <name>", "only pictures in folders of this name; may be given several times", oneMore)
    .option("--min-side <pixels>", "only pictures whose shorter side has so many pixels", positiveInteger)
    .option("--since <date>", "only files that were changed on this day, such as 2026-03-31, or later", date)
    .option("--before <date>", "only files that were changed before this day", date);
}

/** @returns undefined where every picture is meant */
export function whereOf({ folder, label, minSide, since, before }: StoreOptions): Where | undefined {
  const where = given({ folder, label, minSide, since, before });
  return Object.keys(where).length === 0 ? undefined : where;
}

/** Midnight where the user is, or the moment that the text names. */
function date(text: string): Date {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const value = new Date(isDay ? `${text}T00:00` : text);
  // the 31st of a month with 30 days would be the 1st of the next
  if (Number.isNaN(value.getTime()) || (isDay && value.getDate() !== Number(text.slice(-2))))
    throw new InvalidArgumentError("Give a date such as 2026-03-31.");
  return value;
}
