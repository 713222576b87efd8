/** Records of numbers that are matrices, patches or tensors, by their shape alone. */
import { types } from "node:util";

/** Numbers in rows and columns; of a tensor, its last axis are the columns. */
export interface NumberTable {
  /** such as "matrix", "tensor" */
  readonly kind: string;
  readonly shape: readonly number[];
  /** such as "float32" */
  readonly type: string;
  readonly rows: number;
  readonly cols: number;
  at(row: number, col: number): number | bigint;
  /** how a row is called */
  rowHead(row: number): string;
  /** all numbers, in any order, where they lie in one array */
  readonly numbers?: ArrayLike<number | bigint>;
  /** properties that the table does not show */
  readonly beside: Readonly<Record<string, unknown>>;
}

type Numbers = ArrayLike<number | bigint>;

/** What the object is as a table of numbers, or undefined. May throw where its getters do. */
export function numberTable(value: object): NumberTable | undefined {
  if (Array.isArray(value)) return nestedRows(value);
  const record = value as Record<string, unknown>;
  if (!("data" in record)) return undefined;
  return gridRecord(record) ?? tensorRecord(record);
}

function isNumbers(value: unknown): value is Numbers {
  if (types.isTypedArray(value)) return true;
  return (
    Array.isArray(value) && !types.isProxy(value) && value.slice(0, 1_000).every((item) => typeof item === "number")
  );
}

function isSize(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** "float32" of a Float32Array; a plain array's numbers have no type of their own. */
export function typeName(numbers: object): string {
  const name = types.isTypedArray(numbers) ? numbers[Symbol.toStringTag] : "";
  return name.replace(/Array$/, "").toLowerCase() || "numbers";
}

/** { data, rows, cols }, and { data, rows, cols, dim }: a vector for each patch of a picture. */
function gridRecord(record: Record<string, unknown>): NumberTable | undefined {
  const { data, rows, cols, dim } = record;
  if (!isSize(rows) || !isSize(cols) || !isNumbers(data)) return undefined;
  const beside = without(record, ["data", "rows", "cols", "dim"]);
  if (dim === undefined) {
    if (data.length !== rows * cols) return undefined;
    return { kind: "matrix", shape: [rows, cols], ...flat(data, rows, cols), rowHead: String, beside };
  }
  if (!isSize(dim) || data.length !== rows * cols * dim) return undefined;
  const rowHead = (i: number): string => `${Math.floor(i / cols)}, ${i % cols}`;
  return { kind: "patches", shape: [rows, cols, dim], ...flat(data, rows * cols, dim), rowHead, beside };
}

function flat(
  data: Numbers,
  rows: number,
  cols: number,
): Pick<NumberTable, "rows" | "cols" | "at" | "numbers" | "type"> {
  return { rows, cols, at: (i, j) => data[i * cols + j]!, numbers: data, type: typeName(data) };
}

/** { data, dims } as in onnxruntime, { data, shape } as elsewhere, with strides and an offset where it has some. */
function tensorRecord(record: Record<string, unknown>): NumberTable | undefined {
  const shape = record.dims ?? record.shape;
  if (!Array.isArray(shape) || shape.length > 16 || !shape.every(isSize)) return undefined;
  const { data } = record;
  if (!isNumbers(data)) return undefined;
  const size = shape.reduce((product, length) => product * length, 1);
  const strides = record.strides ?? record.stride;
  const cols = shape.at(-1) ?? 1;
  const rows = cols === 0 ? 0 : size / cols;
  const beside = without(record, ["data", "dims", "shape", "stride", "strides", "offset", "size", "type", "dtype"]);
  const common = {
    kind: shape.length === 2 ? "matrix" : "tensor",
    shape,
    beside,
    rowHead: (i: number) => indexText(i, shape),
  };
  if (strides === undefined) return data.length === size ? { ...common, ...flat(data, rows, cols) } : undefined;
  const place = strided(strides, record.offset ?? 0, shape, data.length);
  return place && { ...common, rows, cols, type: typeName(data), at: (i, j) => data[place(i, j)]! };
}

/** Where entry (i, j) lies, or undefined where a stride leads out of the array. */
function strided(
  strides: unknown,
  offset: unknown,
  shape: readonly number[],
  length: number,
): ((row: number, col: number) => number) | undefined {
  if (!Array.isArray(strides) || strides.length !== shape.length || !strides.every(Number.isSafeInteger))
    return undefined;
  if (!isSize(offset)) return undefined;
  const steps = strides as number[];
  const reach = (sign: number): number =>
    steps.reduce(
      (sum, step, axis) => (Math.sign(step) === sign ? sum + step * Math.max(0, shape[axis]! - 1) : sum),
      offset,
    );
  if (reach(-1) < 0 || (reach(1) >= length && !shape.includes(0))) return undefined;
  return (row, col) =>
    indexOf(row, shape).reduce((sum, i, axis) => sum + i * steps[axis]!, offset) + col * (steps.at(-1) ?? 0);
}

/** A row's number as its place on each axis but the last. */
function indexOf(row: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = row;
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]!);
    rest = Math.floor(rest / shape[axis]!);
  }
  return index;
}

function indexText(row: number, shape: readonly number[]): string {
  return indexOf(row, shape).join(", ");
}

/** Arrays of numbers of one length, one for each row. */
function nestedRows(value: readonly unknown[]): NumberTable | undefined {
  const [first] = value;
  if (value.length < 2 || !isNumbers(first) || first.length < 2) return undefined;
  const rows = sample(value);
  if (!rows.every((row) => isNumbers(row) && row.length === first.length)) return undefined;
  return {
    kind: "array",
    shape: [value.length, first.length],
    type: typeName(first),
    rows: value.length,
    cols: first.length,
    at: (i, j) => (value[i] as Numbers)[j]!,
    rowHead: String,
    beside: {},
  };
}

/** All of a short list; of a long one its two ends, which are what is shown, and some between. */
export function sample<T>(items: readonly T[], most = 200): T[] {
  if (items.length <= most) return [...items];
  const step = (items.length - 1) / (most - 1);
  const ends = [...items.slice(0, 12), ...items.slice(-12)];
  return [...ends, ...Array.from({ length: most - 24 }, (_, i) => items[Math.round(i * step)]!)];
}

function without(record: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  // an instance of a class keeps its secrets; of a record, nothing is hidden
  if (![Object.prototype, null].includes(Object.getPrototypeOf(record))) return {};
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));
}
