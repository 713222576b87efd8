import { checkChoice } from "../check-choice.js";
import { ofCell } from "../display-hook.js";
import { ShapeError } from "../errors.js";
import { checkMatrix, type Matrix } from "../numeric/matrix.js";
import { centroidCosines } from "./centroid-cosines.js";
import { type Classifier, classifierNames } from "./classifier.js";
import { openVotes } from "./knn-votes.js";
import { linearScores, mlpScores } from "./linear-scores.js";
import { type Predictions, predictionsOf } from "./predictions.js";
import { scaledBlocks } from "./row-blocks.js";
import { softmaxRows } from "./softmax.js";

export interface PredictOptions {
  /** stops between blocks of rows */
  readonly signal?: AbortSignal;
  /** called after each block, with rows */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * What a classifier says of feature vectors: the probability of every class, and the most probable one. The vectors are
 * taken as the model gave them; the classifier's own scaling is applied here. Memory beside the result is bounded, and
 * the event loop has its turns.
 *
 * @param x [rows, dim]; none give no predictions
 * @throws ShapeError when the vectors are not as long as those that the classifier was trained on; NotFiniteError naming
 *   the first bad row; DegenerateDataError naming the first row of zeros where directions are compared
 * @example const { predicted, classes } = await predict(classifier, features.cls);
 */
export async function predict(classifier: Classifier, x: Matrix, options: PredictOptions = {}): Promise<Predictions> {
  const { signal, onProgress } = ofCell(options);
  signal?.throwIfAborted();
  checkMatrix(x, "x");
  checkChoice("classifier.kind", String(classifier.kind), Object.keys(classifierNames));
  checkDim(classifier, x);
  const { scaling, classes } = classifier;
  const out = new Float32Array(x.rows * classes.length);
  const scorer = await openScorer(classifier, signal);
  try {
    const { width, directions } = scorer;
    for await (const { rows, from } of scaledBlocks(x, scaling, { width, directions, signal })) {
      out.set(await scorer.probabilities(rows, from), from * classes.length);
      onProgress?.(from + rows.rows, x.rows);
    }
  } finally {
    await scorer.release?.();
  }
  return predictionsOf(classes, { data: out, rows: x.rows, cols: classes.length });
}

function checkDim({ kind, classes, dim }: Classifier, x: Matrix): void {
  if (x.cols !== dim)
    throw new ShapeError(
      "x",
      `has ${x.cols} numbers a row where this ${classifierNames[kind]} classifier of ${classes.length} classes takes ${dim}: give vectors of the model that it was trained on`,
    );
}

interface Scorer {
  /** numbers in memory for each row */
  readonly width: number;
  /** whether rows are compared by direction */
  readonly directions: boolean;
  /** @param from the number of the first row, for errors */
  probabilities(rows: Matrix, from: number): Promise<Float32Array>;
  release?(): Promise<void>;
}

async function openScorer(classifier: Classifier, signal?: AbortSignal): Promise<Scorer> {
  const width = classifier.classes.length;
  switch (classifier.kind) {
    case "knn": {
      const { k, temperature } = classifier;
      const search = await openVotes(classifier, temperature, signal);
      return {
        width: Math.max(width, 2 * k),
        directions: true,
        probabilities: async (rows) => (await search.votes(rows, [k], signal))[0],
        release: () => search.release(),
      };
    }
    case "centroid": {
      const { temperature, centroids } = classifier;
      const probabilities = async (rows: Matrix, firstRow: number) =>
        softmaxRows(await centroidCosines(rows, centroids, signal), { temperature, firstRow });
      return { width, directions: true, probabilities };
    }
    case "logistic": {
      const { weights, bias } = classifier;
      const probabilities = async (rows: Matrix, firstRow: number) =>
        softmaxRows(await linearScores(rows, weights, bias, signal), { firstRow });
      return { width, directions: false, probabilities };
    }
    case "mlp": {
      const probabilities = async (rows: Matrix, firstRow: number) =>
        softmaxRows(await mlpScores(rows, classifier, signal), { firstRow });
      return { width: Math.max(width, classifier.hidden.rows), directions: false, probabilities };
    }
  }
}
