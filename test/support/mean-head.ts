/** A head that takes each class's mean direction, and remembers what it was trained on. */
import type { CentroidClassifier } from "#dist/core/classify/classifier.js";
import type { Head, TrainedHead, TrainingSet, TrainOptions } from "#dist/core/classify/head.js";

export interface MeanHead extends Head {
  /** what each training was given, in order */
  readonly seen: { readonly data: TrainingSet; readonly options: TrainOptions }[];
}

export function meanHead(temperature = 0.1): MeanHead {
  const seen: MeanHead["seen"][number][] = [];
  const train = async (data: TrainingSet, options: TrainOptions): Promise<TrainedHead> => {
    seen.push({ data, options });
    return { classifier: { ...meansOf(data), temperature }, start: {}, notes: { chosen: {} } };
  };
  return { name: "class means", seen, train };
}

function meansOf({ vectors, labels }: TrainingSet): Omit<CentroidClassifier, "temperature"> {
  const { classes, indices } = labels;
  const dim = vectors.cols;
  const sums = new Float64Array(classes.length * dim);
  vectors.data.forEach((v, i) => {
    sums[indices[Math.floor(i / dim)] * dim + (i % dim)] += v;
  });
  const data = Float32Array.from(sums, (v, i) => {
    const from = i - (i % dim);
    return v / Math.hypot(...sums.subarray(from, from + dim)); // NaN for a class without rows
  });
  return {
    kind: "centroid",
    classes,
    dim,
    scaling: { rule: "l2" },
    centroids: { data, rows: classes.length, cols: dim },
  };
}
