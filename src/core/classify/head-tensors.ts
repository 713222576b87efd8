/** The arrays of classifiers by name, as a safetensors file holds them. */
import { ArgumentError, NotFiniteError, ShapeError } from "../errors.js";
import type { Matrix } from "../numeric/matrix.js";
import type { Classifier } from "./classifier.js";
import type { ClassifierSettings, HeadJson } from "./head-json.js";
import type { FeatureScaling } from "./scaling.js";

export interface HeadTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

export type HeadTensors = Readonly<Record<string, HeadTensor>>;

/** What the arrays' sizes follow from. */
export type HeadSizes = Pick<HeadJson, "classes" | "dim" | "scaling" | "classifier">;

/** A classifier but for its arrays. */
export function settingsOf(classifier: Classifier): ClassifierSettings {
  switch (classifier.kind) {
    case "knn": {
      const { kind, k, temperature, vectors } = classifier;
      return { kind, k, temperature, rows: vectors.rows };
    }
    case "centroid":
      return { kind: classifier.kind, temperature: classifier.temperature };
    case "logistic":
      return { kind: classifier.kind, c: classifier.c };
    case "mlp":
      return { kind: classifier.kind, hidden: classifier.hidden.rows };
  }
}

export function tensorsOf(classifier: Classifier): HeadTensors {
  const { mean, deviation } = classifier.scaling;
  return {
    ...(mean && deviation ? { "scaling.mean": vector(mean), "scaling.deviation": vector(deviation) } : {}),
    ...arraysOf(classifier),
  };
}

function arraysOf(classifier: Classifier): HeadTensors {
  switch (classifier.kind) {
    case "knn":
      return { vectors: table(classifier.vectors), labels: vector(classifier.labels) };
    case "centroid":
      return { centroids: table(classifier.centroids) };
    case "logistic":
      return { weights: table(classifier.weights), bias: vector(classifier.bias) };
    case "mlp":
      return {
        hidden: table(classifier.hidden),
        hiddenBias: vector(classifier.hiddenBias),
        output: table(classifier.output),
        outputBias: vector(classifier.outputBias),
      };
  }
}

const vector = (data: Float32Array | Int32Array): HeadTensor => ({ shape: [data.length], data });
const table = ({ data, rows, cols }: Matrix): HeadTensor => ({ shape: [rows, cols], data });

/** The shapes that the arrays must have. */
export function shapesOf({ classes: names, dim, scaling, classifier }: HeadSizes): Record<string, readonly number[]> {
  const classes = names.length;
  const own = ((): Record<string, readonly number[]> => {
    switch (classifier.kind) {
      case "knn":
        return { vectors: [classifier.rows, dim], labels: [classifier.rows] };
      case "centroid":
        return { centroids: [classes, dim] };
      case "logistic":
        return { weights: [classes, dim], bias: [classes] };
      case "mlp": {
        const { hidden } = classifier;
        return { hidden: [hidden, dim], hiddenBias: [hidden], output: [classes, hidden], outputBias: [classes] };
      }
    }
  })();
  return { ...(scaling === "standardise" ? { "scaling.mean": [dim], "scaling.deviation": [dim] } : {}), ...own };
}

/** The arrays of whole numbers; all others hold floats. */
export const wholeNumbers: readonly string[] = ["labels"];

/**
 * Puts a classifier together again.
 *
 * @throws ShapeError, NotFiniteError, ArgumentError naming the array that does not fit or holds what it must not
 */
export function classifierOf(sizes: HeadSizes, tensors: HeadTensors): Classifier {
  checkTensors(sizes, tensors);
  const { classes, dim, classifier: settings } = sizes;
  const floats = (name: string) => tensors[name].data as Float32Array;
  const asMatrix = (name: string): Matrix => {
    const [rows, cols] = tensors[name].shape;
    return { data: floats(name), rows, cols };
  };
  const common = { classes, dim, scaling: scalingOf(sizes, floats) };
  switch (settings.kind) {
    case "knn": {
      const { kind, k, temperature } = settings;
      return {
        kind,
        ...common,
        k,
        temperature,
        vectors: asMatrix("vectors"),
        labels: tensors.labels.data as Int32Array,
      };
    }
    case "centroid":
      return { kind: settings.kind, ...common, centroids: asMatrix("centroids"), temperature: settings.temperature };
    case "logistic":
      return { kind: settings.kind, ...common, weights: asMatrix("weights"), bias: floats("bias"), c: settings.c };
    case "mlp":
      return {
        ...{ kind: settings.kind, ...common, hidden: asMatrix("hidden"), hiddenBias: floats("hiddenBias") },
        ...{ output: asMatrix("output"), outputBias: floats("outputBias") },
      };
  }
}

function scalingOf({ scaling: rule }: HeadSizes, floats: (name: string) => Float32Array): FeatureScaling {
  if (rule !== "standardise") return { rule };
  return { rule, mean: floats("scaling.mean"), deviation: floats("scaling.deviation") };
}

/** @throws ShapeError, NotFiniteError, ArgumentError */
function checkTensors(sizes: HeadSizes, tensors: HeadTensors): void {
  for (const [name, shape] of Object.entries(shapesOf(sizes))) {
    const there = tensors[name];
    if (there?.shape.join() !== shape.join())
      throw new ShapeError(name, `has the shape [${there?.shape ?? "none"}] where [${shape}] is expected`);
    if (wholeNumbers.includes(name)) checkLabels(name, there.data, sizes.classes.length);
    else checkNumbers(name, there, name === "centroids");
  }
  if (tensors["scaling.deviation"]?.data.some((d) => !(d > 0)))
    throw new ArgumentError("scaling.deviation", "holds a number that is not above 0");
}

function checkLabels(name: string, labels: ArrayLike<number>, classes: number): void {
  const row = Array.prototype.findIndex.call(labels, (label: number) => !(label >= 0 && label < classes));
  if (row >= 0)
    throw new ArgumentError(name, `holds ${labels[row]} in row ${row}, which is none of ${classes} classes`);
}

/** @param whole a row may be NaN from end to end: that of a class without training rows */
function checkNumbers(name: string, { shape, data }: HeadTensor, whole: boolean): void {
  const cols = shape[1] ?? 1;
  for (let start = 0; start < data.length; start += cols) {
    const row = data.subarray(start, start + cols);
    if (row.every(Number.isFinite) || (whole && row.every(Number.isNaN))) continue;
    throw new NotFiniteError(name, start / cols, "train the head again");
  }
}
