/** How well scores fit the classes that rows have. */
import type { Matrix } from "../numeric/matrix.js";

export interface FitSums {
  /** cross-entropy in nats, summed over the rows; NaN where a score is */
  readonly loss: number;
  /** rows whose own class has the highest score, the first of those that are equal */
  readonly right: number;
}

/**
 * @param scores [rows, classes], before the softmax
 * @param labels [rows], places in the classes
 * @param temperature scores are divided by it @default 1
 */
export function fitSums({ data, rows, cols }: Matrix, labels: ArrayLike<number>, temperature = 1): FitSums {
  let loss = 0;
  let right = 0;
  for (let i = 0; i < rows; i++) {
    const first = i * cols;
    let best = 0;
    for (let c = 1; c < cols; c++) if (data[first + c] > data[first + best]) best = c;
    const largest = data[first + best];
    let sum = 0;
    for (let c = 0; c < cols; c++) sum += Math.exp((data[first + c] - largest) / temperature);
    loss += Math.log(sum) - (data[first + labels[i]] - largest) / temperature;
    if (best === labels[i]) right++;
  }
  return { loss, right };
}
