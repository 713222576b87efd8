/**
 * Writes ONNX graphs: nodes, constants and references to weights in other files, as the bytes that onnxruntime reads.
 * Only the fields of onnx.proto3 that such graphs use, over a protobuf writer.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3 for the field numbers
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { ArgumentError } from "../errors.js";

export type ElementType =
  | "float32"
  | "float64"
  | "uint8"
  | "int8"
  | "int32"
  | "int64"
  | "float16"
  | "bfloat16"
  | "bool";

/** TensorProto.DataType */
const elementCode: Record<ElementType, number> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
  float16: 10,
  bfloat16: 16,
};

/** A size that is a number, or a name for one that is known only when the graph runs. */
export type Dim = number | string;

/** Whole numbers are written as INT, `float(x)` as FLOAT, text as STRING, lists as INTS. */
export type Attribute = number | string | readonly number[] | { readonly float: number };

/** Marks an attribute as a floating-point one even when its value is whole. */
export function float(value: number): { readonly float: number } {
  return { float: value };
}

/** Where in which file a weight's bytes lie; the file name is relative to the folder given to the session. */
export interface ExternalBytes {
  location: string;
  offset: number;
  length: number;
}

/** The name of a value in the graph under construction. */
export type Value = string;

export class GraphBuilder {
  readonly #nodes: Uint8Array[] = [];
  readonly #initializers: Uint8Array[] = [];
  readonly #inputs: Uint8Array[] = [];
  readonly #outputs: Uint8Array[] = [];
  readonly #names = new Set<string>();
  readonly #constants = new Map<string, Value>();
  readonly #prefix: string;
  #count = 0;

  /** @param prefix of the values' names that the builder makes up, for an addition to a graph with names of its own */
  constructor(prefix = "") {
    this.#prefix = prefix;
  }

  /** Declares an input of the graph. */
  input(name: string, type: ElementType, dims: readonly Dim[]): Value {
    this.#claim(name);
    this.#inputs.push(valueInfo(name, type, dims));
    return name;
  }

  /** Declares that `value` leaves the graph under `name`; without sizes, onnxruntime finds them out. */
  output(name: string, value: Value, type: ElementType, dims?: readonly Dim[]): void {
    this.#claim(name);
    this.#nodes.push(node("Identity", [value], [name], {}, ""));
    this.#outputs.push(valueInfo(name, type, dims));
  }

  /** Adds a node with one output and returns that output. An empty input name leaves out an optional input. */
  op(type: string, inputs: readonly Value[], attributes: Record<string, Attribute> = {}, domain = ""): Value {
    return this.ops(type, inputs, 1, attributes, domain)[0];
  }

  /** Adds a node with `count` outputs. */
  ops(
    type: string,
    inputs: readonly Value[],
    count: number,
    attributes: Record<string, Attribute> = {},
    domain = "",
  ): Value[] {
    const outputs = Array.from({ length: count }, () => `${this.#prefix}${type}_${this.#count++}`);
    this.#nodes.push(node(type, inputs, outputs, attributes, domain));
    return outputs;
  }

  /** A one-dimensional constant of 64-bit integers; equal ones are written once. */
  int64(values: readonly number[]): Value {
    const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    return this.#constant(`int64_${values.join("_")}`, "int64", [values.length], bytes);
  }

  /** A constant scalar; equal ones are written once. */
  scalar(value: number): Value {
    return this.#constant(`scalar_${value}`, "float32", [], new Uint8Array(Float32Array.of(value).buffer));
  }

  /** A constant held in the graph itself. */
  initializer(name: string, type: ElementType, dims: readonly number[], bytes: Uint8Array): Value {
    this.#claim(name);
    this.#initializers.push(tensorProto(name, type, dims, (w) => w.tag(9, WireType.LengthDelimited).bytes(bytes)));
    return name;
  }

  /** A constant whose bytes stay in another file. */
  external(name: string, type: ElementType, dims: readonly number[], bytes: ExternalBytes): Value {
    this.#claim(name);
    const entries = { location: bytes.location, offset: String(bytes.offset), length: String(bytes.length) };
    this.#initializers.push(
      tensorProto(name, type, dims, (w) => {
        for (const [key, value] of Object.entries(entries))
          w.tag(13, WireType.LengthDelimited)
            .fork()
            .tag(1, WireType.LengthDelimited)
            .string(key)
            .tag(2, WireType.LengthDelimited)
            .string(value)
            .join();
        w.tag(14, WireType.Varint).int32(1);
      }),
    );
    return name;
  }

  /** The finished model. @param opset version of the standard operators (default 18) */
  build(opset = 18): Uint8Array {
    const w = new BinaryWriter();
    w.tag(1, WireType.Varint).int64(8); // ir_version
    w.tag(2, WireType.LengthDelimited).string("patchlab");
    this.#graph(w, "graph");
    for (const [domain, version] of [
      ["", opset],
      ["com.microsoft", 1],
    ] as const)
      w.tag(8, WireType.LengthDelimited)
        .fork()
        .tag(1, WireType.LengthDelimited)
        .string(domain)
        .tag(2, WireType.Varint)
        .int64(version)
        .join();
    return w.finish();
  }

  /**
   * The graph alone, to be put behind the bytes of a whole model: what a message holds twice, protobuf reads as one,
   * and so these nodes and outputs are added to the model's own.
   *
   * @see https://protobuf.dev/programming-guides/encoding/#last-one-wins
   */
  buildAddition(): Uint8Array {
    const w = new BinaryWriter();
    this.#graph(w);
    return w.finish();
  }

  #graph(w: BinaryWriter, name?: string): void {
    w.tag(7, WireType.LengthDelimited).fork();
    for (const bytes of this.#nodes) w.tag(1, WireType.LengthDelimited).bytes(bytes);
    if (name !== undefined) w.tag(2, WireType.LengthDelimited).string(name);
    for (const bytes of this.#initializers) w.tag(5, WireType.LengthDelimited).bytes(bytes);
    for (const bytes of this.#inputs) w.tag(11, WireType.LengthDelimited).bytes(bytes);
    for (const bytes of this.#outputs) w.tag(12, WireType.LengthDelimited).bytes(bytes);
    w.join();
  }

  #constant(key: string, type: ElementType, dims: readonly number[], bytes: Uint8Array): Value {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const name = this.initializer(key, type, dims, bytes);
    this.#constants.set(key, name);
    return name;
  }

  #claim(name: string): void {
    if (this.#names.has(name)) throw new ArgumentError("name", `"${name}" is already used in this graph`);
    this.#names.add(name);
  }
}

function node(
  type: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Record<string, Attribute>,
  domain: string,
): Uint8Array {
  const w = new BinaryWriter();
  for (const name of inputs) w.tag(1, WireType.LengthDelimited).string(name);
  for (const name of outputs) w.tag(2, WireType.LengthDelimited).string(name);
  w.tag(3, WireType.LengthDelimited).string(`${type}:${outputs[0]}`);
  w.tag(4, WireType.LengthDelimited).string(type);
  for (const [name, value] of Object.entries(attributes)) {
    w.tag(5, WireType.LengthDelimited).fork();
    attribute(w, name, value);
    w.join();
  }
  if (domain !== "") w.tag(7, WireType.LengthDelimited).string(domain);
  return w.finish();
}

function attribute(w: BinaryWriter, name: string, value: Attribute): void {
  w.tag(1, WireType.LengthDelimited).string(name);
  if (typeof value === "number") {
    if (!Number.isInteger(value)) throw new ArgumentError(name, `is ${value}: write float(${value}) for a float`);
    w.tag(3, WireType.Varint).int64(value).tag(20, WireType.Varint).int32(2);
  } else if (typeof value === "string") {
    w.tag(4, WireType.LengthDelimited).string(value).tag(20, WireType.Varint).int32(3);
  } else if ("float" in value) {
    w.tag(2, WireType.Bit32).float(value.float).tag(20, WireType.Varint).int32(1);
  } else {
    for (const v of value) w.tag(8, WireType.Varint).int64(v);
    w.tag(20, WireType.Varint).int32(7);
  }
}

function tensorProto(
  name: string,
  type: ElementType,
  dims: readonly number[],
  data: (w: BinaryWriter) => void,
): Uint8Array {
  const w = new BinaryWriter();
  for (const d of dims) w.tag(1, WireType.Varint).int64(d);
  w.tag(2, WireType.Varint).int32(elementCode[type]);
  w.tag(8, WireType.LengthDelimited).string(name);
  data(w);
  return w.finish();
}

function valueInfo(name: string, type: ElementType, dims?: readonly Dim[]): Uint8Array {
  const w = new BinaryWriter();
  w.tag(1, WireType.LengthDelimited).string(name);
  w.tag(2, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).fork();
  w.tag(1, WireType.Varint).int32(elementCode[type]);
  if (dims) shape(w, dims);
  w.join().join();
  return w.finish();
}

function shape(w: BinaryWriter, dims: readonly Dim[]): void {
  w.tag(2, WireType.LengthDelimited).fork();
  for (const d of dims) {
    w.tag(1, WireType.LengthDelimited).fork();
    if (typeof d === "string") w.tag(2, WireType.LengthDelimited).string(d);
    else w.tag(1, WireType.Varint).int64(d);
    w.join();
  }
  w.join();
}
