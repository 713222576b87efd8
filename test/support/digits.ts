/** The digits of scikit-learn, as the fixtures hold them. */
import { classLabels } from "#dist/core/classify/class-labels.js";
import type { LabelledRows } from "#dist/core/classify/head.js";
import { takeLabelled } from "#dist/core/evaluate/labelled-rows.js";
import { readFixture } from "./safetensors.js";

/** The first `count` of 1,797 digits: 64 pixels each, 0 to 16, and which digit it is. */
export function digits(count = 1797): LabelledRows {
  const arrays = readFixture("numeric/arrays.safetensors");
  const data = Float32Array.from(arrays.uint8("digits.x").data.subarray(0, count * 64));
  return {
    vectors: { data, rows: count, cols: 64 },
    labels: classLabels(arrays.int32("digits.y").data.subarray(0, count)),
  };
}

/** All of them, as test/fixtures/generate.py splits them. */
export function splitDigits(): { train: LabelledRows; test: LabelledRows } {
  const arrays = readFixture("numeric/arrays.safetensors");
  const part = (name: string) => takeLabelled(digits(), arrays.int32(`digits.${name}`).data);
  return { train: part("train"), test: part("test") };
}
