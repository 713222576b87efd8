import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as patchlab from "#dist/index.js";
import { projectFile } from "./support/fixtures.js";

/** Removing or renaming one of these breaks somebody's program: it wants a new major version. */
const names = [
  "ArgumentError",
  "CheckpointError",
  "ClosedError",
  "DegenerateDataError",
  "FileError",
  "FormatError",
  "HubError",
  "ImageError",
  "NotFiniteError",
  "PatchlabError",
  "RuntimeError",
  "ShapeError",
  "attentionFigure",
  "attentionMap",
  "averagePrecision",
  "catalogue",
  "decodeImage",
  "embedFolder",
  "embeddingMap",
  "evaluateRetrieval",
  "exactIndex",
  "folderLabel",
  "fromMlPca",
  "gallery",
  "listImages",
  "loadModel",
  "loadRecipe",
  "matrix",
  "matrixTable",
  "meanAveragePrecision",
  "neighbours",
  "normaliseRows",
  "otsuThreshold",
  "page",
  "parityTolerance",
  "parityWithPyTorch",
  "patchMap",
  "patchMapFigure",
  "pca",
  "poolTokens",
  "poolingNames",
  "precisionAtK",
  "preprocess",
  "projectPca",
  "pullModel",
  "recallAtK",
  "recipeFromJson",
  "recipeToJson",
  "resize",
  "retrievalGrid",
  "revisitedAveragePrecision",
  "row",
  "saveHtml",
  "saveRecipe",
  "scoreTable",
  "seededRandom",
  "show",
  "toBundle",
  "toMlPca",
  "tokenNorms",
  "tokenNormsFigure",
  "trustworthiness",
  "umap",
];

describe("the package", () => {
  it("exports these names and no others", () => {
    assert.deepEqual(Object.keys(patchlab).sort(), names);
  });

  it("needs nothing at run time that it does not say, and no compiler to install", () => {
    const { dependencies } = JSON.parse(readFileSync(projectFile("package.json"), "utf8"));
    assert.deepEqual(Object.keys(dependencies).sort(), [
      "@bufbuild/protobuf",
      "@huggingface/hub",
      "commander",
      "onnxruntime-node",
      "p-map",
      "plotly.js-gl2d-dist-min",
      "sharp",
      "tslab",
      "umap-js",
      "zod",
    ]);
  });
});
