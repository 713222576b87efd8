/** Rows whose label a classifier confidently contradicts: the off-diagonal of confident learning's joint. */
import type { ClassLabels } from "../classify/class-labels.js";
import type { Predictions } from "../classify/predictions.js";

export interface Disagreement {
  readonly row: number;
  /** places in the classes: the label that the row has, and the one that is suggested */
  readonly given: number;
  readonly suggested: number;
  /** the probability of the suggested label less that of the given one, -1 to 1 */
  readonly margin: number;
}

/**
 * A class's threshold is how confident the classifier is, on average, of rows that have its label. A row belongs to the
 * most probable of the classes whose threshold it reaches; where that is not its label, the label is contradicted. So a
 * class that is hard to be sure of needs less, and one row's overconfidence counts for little.
 *
 * @param predictions of classifiers that never saw the row that they judge
 * @param labels those that the rows have, over the same classes
 * @param judged [rows], 1 for rows that count @default all
 * @returns by falling margin, and by row where it is equal
 * @see Northcutt, Jiang & Chuang 2021, doi:10.1613/jair.1.12125, equations 1 and 2
 */
export function confidentDisagreements(
  { probabilities: { data, cols } }: Predictions,
  { indices }: ClassLabels,
  judged?: Uint8Array,
): Disagreement[] {
  const rows = Int32Array.from(indices.keys()).filter((row) => judged?.[row] !== 0);
  const thresholds = selfConfidences(data, cols, indices, rows);
  const found: Disagreement[] = [];
  for (const row of rows) {
    let suggested = -1;
    for (let c = 0; c < cols; c++) {
      const probability = data[row * cols + c];
      if (probability >= thresholds[c] && !(suggested >= 0 && probability <= data[row * cols + suggested]))
        suggested = c;
    }
    const given = indices[row];
    if (suggested >= 0 && suggested !== given)
      found.push({ row, given, suggested, margin: data[row * cols + suggested] - data[row * cols + given] });
  }
  return found.sort((a, b) => b.margin - a.margin || a.row - b.row);
}

/** The mean probability of each class in the rows that have its label; NaN, which nothing reaches, without such rows. */
function selfConfidences(data: Float32Array, cols: number, indices: Int32Array, rows: Int32Array): Float64Array {
  const sums = new Float64Array(cols);
  const counts = new Int32Array(cols);
  for (const row of rows) {
    sums[indices[row]] += data[row * cols + indices[row]];
    counts[indices[row]]++;
  }
  return sums.map((sum, c) => sum / counts[c]);
}
