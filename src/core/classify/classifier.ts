/** Trained classifiers on frozen features: plain records that a file can hold, whatever trained them. */
import type { Matrix } from "../numeric/matrix.js";
import type { FeatureScaling } from "./scaling.js";

interface Common {
  /** names of the classes, in the order of the columns of what it predicts */
  readonly classes: readonly string[];
  /** numbers a feature vector */
  readonly dim: number;
  /** what is done to a vector first; fitted on the training rows alone */
  readonly scaling: FeatureScaling;
}

/** DINO's weighted k-NN: the training rows themselves. */
export interface KnnClassifier extends Common {
  readonly kind: "knn";
  readonly k: number;
  readonly temperature: number;
  /** [training rows, dim], scaled and then each of length 1 */
  readonly vectors: Matrix;
  /** [training rows], places in `classes` */
  readonly labels: Int32Array;
}

/** The class whose mean direction is nearest. */
export interface CentroidClassifier extends Common {
  readonly kind: "centroid";
  /** [classes, dim], in scaled features, each of length 1; NaN throughout for a class without training rows */
  readonly centroids: Matrix;
  /** cosines are divided by it before the softmax that makes probabilities of them */
  readonly temperature: number;
}

/** Multinomial logistic regression. */
export interface LogisticClassifier extends Common {
  readonly kind: "logistic";
  /** [classes, dim] */
  readonly weights: Matrix;
  /** [classes] */
  readonly bias: Float32Array;
  /** inverse strength of the L2 penalty, as scikit-learn's C */
  readonly c: number;
}

/** Linear dim -> hidden, ReLU, Linear hidden -> classes. */
export interface MlpClassifier extends Common {
  readonly kind: "mlp";
  /** [hidden, dim] */
  readonly hidden: Matrix;
  /** [hidden] */
  readonly hiddenBias: Float32Array;
  /** [classes, hidden] */
  readonly output: Matrix;
  /** [classes] */
  readonly outputBias: Float32Array;
}

export type Classifier = KnnClassifier | CentroidClassifier | LogisticClassifier | MlpClassifier;

/** What classifiers, and the heads that train them, are called in sentences. */
export const classifierNames: Readonly<Record<Classifier["kind"], string>> = {
  knn: "k-NN",
  centroid: "nearest centroid",
  logistic: "logistic regression",
  mlp: "MLP",
};

/** Numbers that an optimiser was given, by name; entries as in the classifier's own arrays. */
export type Parameters = Readonly<Record<string, Float32Array>>;

/** The numbers of a classifier that an optimiser trains: none for those that store or average examples. */
export function trainedParameters(classifier: Classifier): Parameters {
  switch (classifier.kind) {
    case "logistic":
      return { weights: classifier.weights.data, bias: classifier.bias };
    case "mlp":
      return {
        hidden: classifier.hidden.data,
        hiddenBias: classifier.hiddenBias,
        output: classifier.output.data,
        outputBias: classifier.outputBias,
      };
    default:
      return {};
  }
}
