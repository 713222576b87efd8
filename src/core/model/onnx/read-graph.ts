/**
 * What an ONNX file says of its graph: operators, inputs, outputs, and which values are constants. Weights stay where
 * they are. Bodies of loops and branches are not looked into, so that no depth of nesting costs anything.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3 for the field numbers
 */
import { CheckpointError } from "../../errors.js";
import { Allowance, eachField, readIntegers } from "./fields.js";

/** Operators, their names and attributes, constants and their sizes together: torch's ResNet-50 has 1,200, its Swin-T 24,000. */
const mostEntries = 250_000;

export interface OnnxNode {
  op: string;
  inputs: string[];
  outputs: string[];
  /** each as its bytes */
  attributes: Uint8Array[];
}

/** An input or output of the graph. */
export interface OnnxValue {
  name: string;
  /** TensorProto.DataType, 1 for float32; 0 where it is no tensor or not said */
  type: number;
  /** undefined for a size that is free; no list where the file does not say how many there are */
  dims?: (number | undefined)[];
}

/** A constant of the graph. */
export interface OnnxConstant {
  dims: number[];
  /** all that the file says of it, weights included */
  bytes: Uint8Array;
  /** where its weights lie, when they do in another file */
  external?: ExternalWeights;
}

export interface ExternalWeights {
  location: string;
  offset: number;
  /** to the file's end where it is left out */
  length?: number;
}

export interface OnnxGraph {
  nodes: OnnxNode[];
  constants: Map<string, OnnxConstant>;
  /** without constants, which old files count among the inputs */
  inputs: OnnxValue[];
  outputs: OnnxValue[];
}

/**
 * Reads the bytes of an ONNX file.
 *
 * @param path what errors call the file
 * @throws CheckpointError when they are none, are cut short, or hold more entries than any network has
 */
export function readOnnxGraph(bytes: Uint8Array, path: string): OnnxGraph {
  const graph: OnnxGraph = { nodes: [], constants: new Map(), inputs: [], outputs: [] };
  const allowance = new Allowance(mostEntries);
  try {
    eachField(bytes, { 7: (r) => readGraphInto(graph, r.bytes(), allowance) });
  } catch (cause) {
    if (cause instanceof RangeError && cause.message.startsWith("more than"))
      throw new CheckpointError(path, `has ${cause.message}: it is no network for pictures`, { cause });
    throw new CheckpointError(path, "is no ONNX file, or is cut short: download or export it again", { cause });
  }
  if (graph.nodes.length === 0)
    throw new CheckpointError(path, "is no ONNX file, or has no operators: download or export it again");
  graph.inputs = graph.inputs.filter(({ name }) => !graph.constants.has(name));
  return graph;
}

function readGraphInto(graph: OnnxGraph, bytes: Uint8Array, allowance: Allowance): void {
  eachField(bytes, {
    1: (r) => graph.nodes.push(readNode(r.bytes(), allowance)),
    5: (r) => {
      const { name, ...constant } = readConstant(r.bytes(), allowance);
      graph.constants.set(name, constant);
    },
    11: (r) => graph.inputs.push(readValue(r.bytes(), allowance)),
    12: (r) => graph.outputs.push(readValue(r.bytes(), allowance)),
  });
}

function readNode(bytes: Uint8Array, allowance: Allowance): OnnxNode {
  allowance.take();
  const node: OnnxNode = { op: "", inputs: [], outputs: [], attributes: [] };
  const keep =
    <T>(list: T[], read: (r: Parameters<Parameters<typeof eachField>[1][0]>[0]) => T) =>
    (r: Parameters<Parameters<typeof eachField>[1][0]>[0]) => {
      allowance.take();
      list.push(read(r));
    };
  eachField(bytes, {
    1: keep(node.inputs, (r) => r.string()),
    2: keep(node.outputs, (r) => r.string()),
    4: (r) => {
      node.op = r.string();
    },
    5: keep(node.attributes, (r) => r.bytes()),
  });
  return node;
}

function readConstant(bytes: Uint8Array, allowance: Allowance): OnnxConstant & { name: string } {
  allowance.take();
  const constant: OnnxConstant & { name: string } = { name: "", dims: [], bytes };
  const place = new Map<string, string>();
  let elsewhere = false;
  eachField(bytes, {
    1: (r, type) => constant.dims.push(...readIntegers(r, type, allowance)),
    8: (r) => {
      constant.name = r.string();
    },
    13: (r) => {
      allowance.take();
      place.set(...readEntry(r.bytes()));
    },
    14: (r) => {
      elsewhere = r.int32() === 1;
    },
  });
  return elsewhere ? { ...constant, external: weightsAt(place) } : constant;
}

function weightsAt(place: ReadonlyMap<string, string>): ExternalWeights {
  const length = place.get("length");
  return {
    location: place.get("location") ?? "",
    offset: Number(place.get("offset") ?? 0),
    ...(length === undefined ? {} : { length: Number(length) }),
  };
}

/** A StringStringEntryProto. */
function readEntry(bytes: Uint8Array): [key: string, value: string] {
  const entry: [string, string] = ["", ""];
  eachField(bytes, {
    1: (r) => {
      entry[0] = r.string();
    },
    2: (r) => {
      entry[1] = r.string();
    },
  });
  return entry;
}

function readValue(bytes: Uint8Array, allowance: Allowance): OnnxValue {
  allowance.take();
  const value: OnnxValue = { name: "", type: 0 };
  const readTensorType = (tensor: Uint8Array) =>
    eachField(tensor, {
      1: (r) => {
        value.type = r.int32();
      },
      2: (r) => {
        value.dims = readShape(r.bytes(), allowance);
      },
    });
  eachField(bytes, {
    1: (r) => {
      value.name = r.string();
    },
    2: (r) => eachField(r.bytes(), { 1: (tensor) => readTensorType(tensor.bytes()) }),
  });
  return value;
}

/** Exporters write 0, -1 or a name for a size that is free. */
function readShape(bytes: Uint8Array, allowance: Allowance): (number | undefined)[] {
  const dims: (number | undefined)[] = [];
  const readSize = (dim: Uint8Array) => {
    allowance.take();
    let size = 0;
    eachField(dim, {
      1: (r) => {
        size = Number(r.int64());
      },
    });
    dims.push(size > 0 ? size : undefined);
  };
  eachField(bytes, { 1: (r) => readSize(r.bytes()) });
  return dims;
}
