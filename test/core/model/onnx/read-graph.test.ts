import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { CheckpointError } from "#dist/core/errors.js";
import { int64sOf, integersOf } from "#dist/core/model/onnx/node-attributes.js";
import { readOnnxGraph } from "#dist/core/model/onnx/read-graph.js";
import { GraphBuilder } from "#dist/core/runtime/graph.js";
import { fixture } from "../../../support/fixtures.js";

const logits = readFileSync(fixture("exports/resnet/logits.onnx"));

describe("readOnnxGraph", () => {
  it("reads operators, weights, inputs and outputs of a file of torch", () => {
    const { nodes, constants, inputs, outputs } = readOnnxGraph(logits, "m.onnx");
    assert.deepEqual(inputs, [{ name: "input", type: 1, dims: [undefined, 3, undefined, undefined] }]);
    assert.deepEqual(outputs, [{ name: "output", type: 1, dims: [undefined, 10] }]);
    assert.deepEqual(constants.get("net.fc.weight")?.dims, [10, 12]);
    const last = nodes.at(-1)!;
    assert.deepEqual([last.op, last.outputs, integersOf(last, "transB")], ["Gemm", ["output"], [1]]);
    assert.equal(integersOf(last, "axes"), undefined);
  });

  it("reads where weights lie in another file", () => {
    const bytes = readFileSync(fixture("exports/resnet/beside.onnx"));
    const outside = [...readOnnxGraph(bytes, "m.onnx").constants.values()].flatMap(({ external }) => external ?? []);
    assert.ok(outside.length > 10);
    const end = Math.max(...outside.map(({ offset, length }) => offset + length!));
    assert.deepEqual(new Set(outside.map(({ location }) => location)), new Set(["beside.onnx.data"]));
    assert.equal(end, readFileSync(fixture("exports/resnet/beside.onnx.data")).length);
  });

  it("does not count constants among the inputs, where old files have them", () => {
    const old = new GraphBuilder();
    const [x, w] = [old.input("x", "float32", ["n", 3]), old.input("w", "float32", [3, 2])];
    old.output("y", old.op("MatMul", [x, w]), "float32", ["n", 2]);
    const constant = new GraphBuilder("more/");
    constant.initializer("w", "float32", [3, 2], new Uint8Array(24));
    const graph = readOnnxGraph(Buffer.concat([old.build(), constant.buildAddition()]), "m.onnx");
    assert.deepEqual(
      graph.inputs.map(({ name }) => name),
      ["x"],
    );
  });

  it("finds the same in a file as behind it: an addition is read as part of it", () => {
    const addition = new GraphBuilder("more/");
    addition.output("twice", addition.op("Add", ["output", "output"]), "float32");
    const { outputs, nodes } = readOnnxGraph(Buffer.concat([logits, addition.buildAddition()]), "m.onnx");
    assert.deepEqual(
      outputs.map(({ name }) => name),
      ["output", "twice"],
    );
    assert.deepEqual(nodes.at(-2)?.inputs, ["output", "output"]);
  });

  it("reads a graph or throws CheckpointError, wherever a file is cut or a byte of it changed", () => {
    const read = (bytes: Uint8Array) => {
      try {
        assert.ok(readOnnxGraph(bytes, "m.onnx").nodes.length > 0);
      } catch (error) {
        assert.ok(error instanceof CheckpointError, String(error));
      }
    };
    const place = fc.nat(logits.length - 1);
    fc.assert(
      fc.property(place, fc.nat(255), fc.boolean(), (at, byte, cut) => {
        if (cut) return read(logits.subarray(0, at));
        const bytes = Uint8Array.from(logits);
        bytes[at] = byte;
        read(bytes);
      }),
      { numRuns: 500 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), read), { numRuns: 500 });
  });

  it("refuses hundreds of thousands of empty entries before it takes memory for them", () => {
    // an empty node is two bytes
    const empty = new Uint8Array(2 * 300_000).map((_, i) => (i % 2 === 0 ? 0x0a : 0));
    const bytes = new BinaryWriter().tag(7, WireType.LengthDelimited).bytes(empty).finish();
    assert.throws(
      () => readOnnxGraph(bytes, "m.onnx"),
      (e: Error) => e instanceof CheckpointError && /has more than 250000 entries/.test(e.message),
    );
  });
});

describe("int64sOf", () => {
  const constantOf = (values: number[]) => {
    const g = new GraphBuilder();
    const name = g.int64(values);
    g.output("y", g.op("Identity", [name]), "int64", [values.length]);
    return readOnnxGraph(g.build(), "m.onnx").constants.get(name)!;
  };

  it("gives back any whole numbers, and none of a list that is too long to be meant", () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeInteger(), { minLength: 1, maxLength: 64 }), (values) => {
        assert.deepEqual(int64sOf(constantOf(values)), values);
      }),
    );
    assert.deepEqual(int64sOf(constantOf(new Array(65).fill(1))), []);
  });
});
