/** Labels as classes: names in a fixed order, and which of them each row has. */
import { ArgumentError } from "../errors.js";

export interface ClassLabels {
  /** names of the classes; entry c of every list over classes belongs to `classes[c]` */
  readonly classes: readonly string[];
  /** [rows], each a place in `classes` */
  readonly indices: Int32Array;
}

/**
 * Numbers the classes of some labels.
 *
 * @param labels one a row
 * @param classes their order, where it must be that of others @default those that occur, numbers first, then texts by
 *   their UTF-16 code units
 * @throws ArgumentError for a label that is empty, no text and no finite number, or not among `classes`
 */
export function classLabels(labels: ArrayLike<string | number>, classes?: readonly string[]): ClassLabels {
  const names = Array.from(labels, nameOf);
  const order = classes ?? [...new Set(names)].sort(byNumberThenText);
  const places = new Map(order.map((name, place) => [name, place]));
  const indices = Int32Array.from(names, (name, row) => {
    const place = places.get(name);
    if (place === undefined)
      throw new ArgumentError(
        "labels",
        `holds "${name}" in row ${row}, which is none of the classes ${order.join(", ")}`,
      );
    return place;
  });
  return { classes: order, indices };
}

function nameOf(label: string | number, row: number): string {
  const isName = typeof label === "string" ? label.trim() !== "" : Number.isFinite(label);
  if (!isName)
    throw new ArgumentError(
      "labels",
      `holds ${JSON.stringify(label) ?? "nothing"} in row ${row}: give a name or a number`,
    );
  return String(label);
}

function byNumberThenText(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  if (Number.isFinite(x) && Number.isFinite(y) && x !== y) return x - y;
  if (Number.isFinite(x) !== Number.isFinite(y)) return Number.isFinite(x) ? -1 : 1;
  return a < b ? -1 : 1;
}

/** @throws ArgumentError when the record holds no classes, or a row's class is none of them */
export function checkLabels(labels: ClassLabels, argument = "labels"): void {
  if (!Array.isArray(labels?.classes) || !(labels.indices instanceof Int32Array))
    throw new ArgumentError(argument, "must be a record { classes, indices }: make it with classLabels");
  const row = labels.indices.findIndex((index) => !(index >= 0 && index < labels.classes.length));
  if (row >= 0)
    throw new ArgumentError(
      argument,
      `holds class ${labels.indices[row]} in row ${row} where there are ${labels.classes.length} classes: make it with classLabels`,
    );
}

/** Whether two lists name the same classes in the same order. */
export function sameClasses(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, c) => name === b[c]);
}

/** 1 for the class of each row and 0 for the others: [rows, classes]. */
export function oneHot(indices: Int32Array, classes: number): Float32Array {
  const out = new Float32Array(indices.length * classes);
  indices.forEach((c, row) => {
    out[row * classes + c] = 1;
  });
  return out;
}

/** The labels of some rows, over the same classes. */
export function labelsOf({ classes, indices }: ClassLabels, rows: ArrayLike<number>): ClassLabels {
  return { classes, indices: Int32Array.from(rows, (row) => indices[row]) };
}

/** How many rows each class has: [classes]. */
export function classCounts({ classes, indices }: ClassLabels): Int32Array {
  const counts = new Int32Array(classes.length);
  for (const index of indices) counts[index]++;
  return counts;
}
