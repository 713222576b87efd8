/** The head of label-efficiency curves, for which few pictures leave no validation to choose settings. */
import type { Head } from "../classify/head.js";
import { trainLogistic } from "../classify/logistic-regression.js";
import { given } from "../given.js";
import type { Matrix } from "../numeric/matrix.js";

/** C times the mean square of the training rows' distances to their mean; from 10 to 10,000 the curves are alike. */
const strength = 100;

/**
 * Logistic regression with a C that follows the spread of the training rows. One C for all models would be another
 * penalty for each, since some models' vectors are a hundred times as long as others'.
 */
export const curveHead: Head = {
  name: "logistic regression",
  train: (data, { signal }) =>
    trainLogistic(data, { c: strength / (spreadOf(data.vectors) || 1), ...given({ signal }) }),
};

/** The mean square of the rows' distances to their mean. */
function spreadOf({ data, rows, cols }: Matrix): number {
  let squares = 0;
  for (let j = 0; j < cols; j++) {
    let mean = 0;
    for (let i = 0; i < rows; i++) mean += data[i * cols + j] / rows;
    for (let i = 0; i < rows; i++) squares += (data[i * cols + j] - mean) ** 2;
  }
  return squares / rows;
}
