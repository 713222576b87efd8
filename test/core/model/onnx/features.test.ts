import assert from "node:assert/strict";
import { CheckpointError } from "#dist/core/errors.js";
import { type FeatureValues, findFeatures } from "#dist/core/model/onnx/features.js";
import { GraphIndex } from "#dist/core/model/onnx/graph-index.js";
import { readOnnxGraph } from "#dist/core/model/onnx/read-graph.js";
import { float, GraphBuilder, type Value } from "#dist/core/runtime/graph.js";
import { backboneFile, classifier, mapChannels, numbers, pooled, weights } from "../../../support/onnx-graphs.js";

function found(bytes: Uint8Array): FeatureValues {
  return findFeatures(new GraphIndex(readOnnxGraph(bytes, "m.onnx")), "m.onnx");
}

interface Wanted {
  vector?: Value;
  map?: Value;
}

/** A file whose outputs the function makes; it returns what is to be found. */
function check(outputs: (g: GraphBuilder, map: Value) => Wanted): void {
  let wanted: Wanted = {};
  const bytes = backboneFile({
    outputs: (g, map) => {
      wanted = outputs(g, map);
    },
  });
  const { vector, maps } = found(bytes);
  assert.deepEqual({ vector, maps }, { vector: wanted.vector, maps: wanted.map === undefined ? [] : [wanted.map] });
}

const classes = ["n", 10];
const vectors = ["n", mapChannels];

describe("findFeatures", () => {
  it("finds the input of a classifier that is one Gemm, behind any of what exporters put after it", () => {
    const endings: ((g: GraphBuilder, logits: Value) => Value)[] = [
      (_, logits) => logits,
      (g, logits) => g.op("Softmax", [logits], { axis: 1 }),
      (g, logits) => g.op("LogSoftmax", [g.op("Identity", [logits])]),
      (g, logits) => g.op("Cast", [g.op("Sigmoid", [logits])], { to: 1 }),
      (g, logits) => g.op("Div", [logits, g.scalar(2)]),
      (g, logits) => g.op("Reshape", [g.op("Unsqueeze", [logits, g.int64([2])]), g.int64([0, 10])]),
    ];
    for (const ending of endings)
      check((g, map) => {
        const vector = pooled(g, map);
        g.output("out", ending(g, classifier(g, vector)), "float32", classes);
        return { vector, map };
      });
  });

  it("finds it for MatMul and Add, for weights that are turned or cast first, and behind Dropout", () => {
    check((g, map) => {
      const vector = pooled(g, map);
      const turned = g.op("Transpose", [g.op("Cast", [weights(g, "w", [10, mapChannels])], { to: 1 })]);
      const kept = g.op("Dropout", [vector]);
      g.output("out", g.op("Add", [g.op("MatMul", [kept, turned]), weights(g, "b", [10])]), "float32", classes);
      return { vector: kept, map };
    });
  });

  it("finds it for a convolution of what was pooled, as SqueezeNet's kin and TensorFlow's exports have it", () => {
    check((g, map) => {
      const vector = g.op("GlobalAveragePool", [map]);
      const logits = g.op("Conv", [vector, weights(g, "w", [10, mapChannels, 1, 1])], { kernel_shape: [1, 1] });
      g.output("out", g.op("Softmax", [g.op("Squeeze", [logits, g.int64([2, 3])])]), "float32", classes);
      return { vector, map };
    });
  });

  it("finds the floats in front of a product of 8-bit numbers", () => {
    check((g, map) => {
      const vector = pooled(g, map);
      const [whole, scale, zero] = g.ops("DynamicQuantizeLinear", [vector], 3);
      const w = g.initializer("w", "int8", [mapChannels, 10], new Uint8Array(mapChannels * 10).fill(3));
      const sums = g.op("Cast", [g.op("MatMulInteger", [whole, w, zero])], { to: 1 });
      const logits = g.op("Mul", [sums, g.op("Mul", [scale, g.scalar(0.1)])]);
      g.output("out", g.op("Add", [logits, weights(g, "b", [10])]), "float32", classes);
      return { vector, map };
    });
  });

  it("knows every way to write a pooling, and what lies between it and the classifier", () => {
    const poolings: ((g: GraphBuilder, map: Value) => Value)[] = [
      (g, map) => g.op("Flatten", [g.op("GlobalAveragePool", [map])]),
      (g, map) => g.op("Reshape", [g.op("AveragePool", [map], { kernel_shape: [7, 7] }), g.int64([-1, mapChannels])]),
      (g, map) => g.op("ReduceMean", [map, g.int64([-1, -2])], { keepdims: 0 }),
      (g, map) => g.op("ReduceMean", [map, g.int64([2, 3])], { keepdims: 0 }),
      // as operators before version 18 have it
      (g, map) => g.op("ReduceMean", [map], { axes: [2, 3], keepdims: 0 }),
      (g, map) => g.op("Squeeze", [g.op("GlobalMaxPool", [map]), g.int64([2, 3])]),
      // ConvNeXt's
      (g, map) => {
        const scale = [weights(g, "scale", [mapChannels]), weights(g, "shift", [mapChannels])];
        return g.op("LayerNormalization", [pooled(g, map), ...scale], { epsilon: float(1e-6) });
      },
    ];
    for (const pooling of poolings)
      check((g, map) => {
        const vector = pooling(g, map);
        g.output("out", classifier(g, vector), "float32", classes);
        return { vector, map };
      });
  });

  it("finds the vector in front of the last of several linear layers, and the map in front of the first", () => {
    check((g, map) => {
      const first = g.op("Gemm", [pooled(g, map), weights(g, "w", [mapChannels, 7])]);
      const vector = g.op("HardSwish", [first]);
      g.output("out", classifier(g, vector, 7), "float32", classes);
      return { vector, map };
    });
  });

  it("takes an output of pooled features as it is, flat or not, with the map before it", () => {
    check((g, map) => {
      g.output("out", pooled(g, map), "float32", vectors);
      return { vector: "out", map };
    });
    check((g, map) => {
      g.output("out", g.op("GlobalAveragePool", [map]), "float32", ["n", mapChannels, 1, 1]);
      return { vector: "out", map };
    });
  });

  it("takes the map that is an output rather than the one that is pooled", () => {
    check((g, map) => {
      g.output("out", pooled(g, map), "float32", vectors);
      g.output("map", map, "float32", ["n", mapChannels, "h", "w"]);
      return { vector: "out", map: "map" };
    });
  });

  it("takes an embedding of unit length for the vector, not what its last layer takes", () => {
    check((g, map) => {
      const embedding = g.op("Gemm", [pooled(g, map), weights(g, "w", [mapChannels, 8])]);
      const length = g.op("ReduceL2", [embedding, g.int64([1])]);
      g.output("out", g.op("Div", [embedding, length]), "float32", ["n", 8]);
      return { vector: "out", map };
    });
  });

  it("does not take the gate of a squeeze-and-excitation block for a classifier", () => {
    check((g, map) => {
      const gate = g.op("Conv", [g.op("GlobalAveragePool", [map]), weights(g, "w", [5, 5, 1, 1])]);
      const gated = g.op("Mul", [map, g.op("Sigmoid", [gate])]);
      g.output("out", gated, "float32", ["n", mapChannels, "h", "w"]);
      return { map: "out" };
    });
  });

  it("looks no further than a convolution for the map: what is pooled inside the network is not it", () => {
    check((g, map) => {
      const inner = g.op("Conv", [g.op("GlobalAveragePool", [map]), weights(g, "w", [5, 5, 1, 1])]);
      const joined = g.op("Relu", [g.op("Add", [map, inner])]);
      const vector = g.op("Reshape", [joined, g.int64([0, 20])]);
      g.output("out", classifier(g, vector, 20), "float32", classes);
      return { vector };
    });
  });

  it("says what a file gives that has no vector and no map", () => {
    const cases: [(g: GraphBuilder, map: Value) => void, RegExp][] = [
      [
        (g, map) =>
          g.output("boxes", g.op("Reshape", [map, g.int64([0, mapChannels, -1])]), "float32", ["n", 5, "boxes"]),
        /gives boxes \[\?, 5, \?\] by Identity, where neither an image vector \[n, c\] nor a map/,
      ],
      [
        // classes of places, pooled: no vector lies before them
        (g, map) => g.output("p", g.op("Softmax", [pooled(g, map)]), "float32", vectors),
        /gives p \[\?, 5\]/,
      ],
      [() => {}, /gives nothing, where/],
    ];
    for (const [outputs, message] of cases)
      assert.throws(
        () => found(backboneFile({ outputs })),
        (e: Error) => e instanceof CheckpointError && message.test(e.message),
      );
  });

  it("refuses a network without convolutions", () => {
    const g = new GraphBuilder();
    const flat = g.op("Flatten", [g.input("x", "float32", ["n", 3, 2, 2])]);
    g.output("y", g.op("MatMul", [flat, numbers(g, "w", new Array(12).fill(1), [12, 1])]), "float32", ["n", 1]);
    assert.throws(() => found(g.build()), /m\.onnx: has no convolution, so it is no network for pictures/);
  });

  it("ends on a graph that goes round in circles", () => {
    const bytes = backboneFile({
      outputs: (g) => {
        g.output("a", "b", "float32", classes);
        g.output("b", "a", "float32", classes);
      },
    });
    assert.deepEqual(found(bytes), { vector: "a", maps: [] });
  });
});
