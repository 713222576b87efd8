import assert from "node:assert/strict";
import fc from "fast-check";
import { rankOnnxFiles } from "#dist/core/model/onnx-file.js";

/** as onnx-community/dinov2-small has them */
const published = [
  "model.onnx",
  "model_bnb4.onnx",
  "model_fp16.onnx",
  "model_int8.onnx",
  "model_q4.onnx",
  "model_q4f16.onnx",
  "model_quantized.onnx",
  "model_uint8.onnx",
];

describe("rankOnnxFiles", () => {
  it("takes the most precise file first, and of those with 8 bits the quantized one", () => {
    assert.equal(rankOnnxFiles(published)[0], "model.onnx");
    assert.deepEqual(rankOnnxFiles(published, "fp32"), ["model.onnx", "model_fp16.onnx"]);
    assert.deepEqual(rankOnnxFiles(published, "int8"), ["model_quantized.onnx", "model_int8.onnx", "model_uint8.onnx"]);
  });

  it("does not depend on the order of the names, and gives none that is not there", () => {
    const lists = fc.uniqueArray(fc.constantFrom(...published, "decoder.onnx", "model.onnx_data", "readme.md"));
    fc.assert(
      fc.property(lists, fc.constantFrom("fp32", "int8", undefined), (names, precision) => {
        const ranked = rankOnnxFiles(names, precision);
        assert.deepEqual(rankOnnxFiles(names.toReversed(), precision), ranked);
        assert.ok(ranked.every((name) => names.includes(name) && published.includes(name)));
      }),
    );
  });
});
