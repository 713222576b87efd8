import { confidences, type Predictions } from "../classify/predictions.js";

/** Places among the predictions for which `wanted` holds, those first of which the classifier was the surest. */
export function surestFirst(predictions: Predictions, wanted: (place: number) => boolean): number[] {
  const sure = confidences(predictions);
  return Array.from(sure.keys())
    .filter(wanted)
    .sort((i, j) => sure[j] - sure[i] || i - j);
}
