/** Which pictures of a store are meant, as SQL. */
import { isAbsolute, sep } from "node:path";
import { ArgumentError } from "../errors.js";
import type { StoreDatabase, Value } from "./database.js";
import { pathBelow, pathsIn } from "./path-below.js";
import { realFolder } from "./real-folder.js";

/** Conditions that pictures must meet, all of them. */
export interface Where {
  /** a folder that they lie in or below: its path, or a part of one below an embedded folder, such as "pets/cats" */
  readonly folder?: string;
  /** the name of the folder that they lie in, or several of which one must be theirs */
  readonly label?: string | readonly string[];
  /** least and largest number of pixels on the shorter side */
  readonly minSide?: number;
  readonly maxSide?: number;
  /** least and largest size of the file in bytes */
  readonly minBytes?: number;
  readonly maxBytes?: number;
  /** when the file was last changed: from this time on, and before this one */
  readonly since?: Date;
  readonly before?: Date;
}

export interface Condition {
  /** an expression over the images' table, called i */
  sql: string;
  values: Value[];
}

/** @throws ArgumentError for a condition that is not known or has no such value */
export function conditionOf(database: StoreDatabase, where: Where): Condition {
  const parts: Condition[] = [{ sql: "i.state = 'here'", values: [] }];
  for (const [name, value] of Object.entries(where)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(conditions, name))
      throw new ArgumentError(
        "where",
        `has "${name}", which is no condition: use ${Object.keys(conditions).join(", ")}`,
      );
    parts.push(conditions[name as keyof Where](value, database));
  }
  return { sql: parts.map(({ sql }) => `(${sql})`).join(" AND "), values: parts.flatMap(({ values }) => values) };
}

type Build = (value: unknown, database: StoreDatabase) => Condition;

const conditions: Readonly<Record<keyof Where, Build>> = {
  folder: (value, database) => inFolder(text("folder", value), database),
  label: (value) => {
    const labels = (Array.isArray(value) ? value : [value]).map((label) => text("label", label));
    return { sql: labels.length === 0 ? "0" : `i.label IN (${labels.map(() => "?").join(", ")})`, values: labels };
  },
  minSide: (value) => ({ sql: "min(i.width, i.height) >= ?", values: [number("minSide", value)] }),
  maxSide: (value) => ({ sql: "min(i.width, i.height) <= ?", values: [number("maxSide", value)] }),
  minBytes: (value) => ({ sql: "i.bytes >= ?", values: [number("minBytes", value)] }),
  maxBytes: (value) => ({ sql: "i.bytes <= ?", values: [number("maxBytes", value)] }),
  since: (value) => ({ sql: "i.modified >= ?", values: [time("since", value)] }),
  before: (value) => ({ sql: "i.modified < ?", values: [time("before", value)] }),
};

/** The folder as it is, and as a part of a path below every root. */
function inFolder(folder: string, database: StoreDatabase): Condition {
  const roots = database.all("SELECT id, path FROM roots") as [number, string][];
  const whole = realFolder(folder);
  const parts = roots.flatMap(([id, root]) => {
    const path = pathBelow(root, whole);
    if (path === undefined) return [];
    if (path === "") return [{ sql: "i.root = ?", values: [id] }];
    return [{ sql: `i.root = ? AND ${between}`, values: [id, ...pathsIn(path)] }];
  });
  if (!isAbsolute(folder)) parts.push({ sql: between, values: pathsIn(partOf(folder)) });
  if (parts.length === 0) return { sql: "0", values: [] };
  return { sql: parts.map(({ sql }) => `(${sql})`).join(" OR "), values: parts.flatMap(({ values }) => values) };
}

const between = "i.path >= ? AND i.path < ?";

function partOf(folder: string): string {
  return folder
    .split(sep)
    .join("/")
    .replace(/^\.?\/+|\/+$/g, "");
}

function text(name: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new ArgumentError(`where.${name}`, `is ${JSON.stringify(value)}: give a name`);
}

function number(name: string, value: unknown): number {
  if (typeof value === "number" && value >= 0) return value;
  throw new ArgumentError(`where.${name}`, `is ${JSON.stringify(value)}: give a number, 0 or more`);
}

function time(name: string, value: unknown): number {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.getTime();
  throw new ArgumentError(`where.${name}`, `is ${JSON.stringify(value)}: give a Date`);
}
