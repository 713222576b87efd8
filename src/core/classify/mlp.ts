import { ofCell } from "../display-hook.js";
import { ArgumentError } from "../errors.js";
import { inTurns } from "../numeric/in-turns.js";
import { checkCount } from "../numeric/neighbours.js";
import { seededRandom } from "../numeric/random.js";
import { type MlpClassifier, trainedParameters } from "./classifier.js";
import type { LabelledRows, LearningPoint, TrainedHead, TrainingSet } from "./head.js";
import { type PreparedRows, runEpochs } from "./mlp-epochs.js";
import { amongAllClasses, initialNetwork, type Network } from "./mlp-network.js";
import { type PresentClasses, presentClasses, rowsOfPresent } from "./present-classes.js";
import { type FeatureScaling, fitScalingSteps, type ScalingRule, scaledRowsSteps } from "./scaling.js";
import { checkTrainingSet } from "./training-rows.js";

export interface MlpOptions {
  /** units between the two layers @default 256 */
  readonly hidden?: number;
  /** most passes over the training rows @default 100 */
  readonly epochs?: number;
  /** rows a step; the last step of an epoch has what is left @default 64 */
  readonly batchSize?: number;
  /** Adam's @default 0.001, as Kingma & Ba and PyTorch */
  readonly learningRate?: number;
  /** epochs without a lower validation loss after which training ends @default 10 */
  readonly patience?: number;
  /** share of the weights, times the learning rate, that each step takes away, as PyTorch's AdamW @default 0 */
  readonly weightDecay?: number;
  /**
   * Adam's steps are of one size whatever the features' is, so that features of another size would learn at another
   * speed: standardised ones give all models the same start.
   *
   * @default "standardise"
   */
  readonly scaling?: ScalingRule;
  /** of the first weights and the order of the rows: same seed, same bytes @default 0 */
  readonly seed?: number;
  /** stops between steps */
  readonly signal?: AbortSignal;
  /** called after each epoch, with epochs */
  readonly onProgress?: (done: number, total: number, point: LearningPoint) => void;
}

/**
 * A network of two layers, Linear dim -> hidden, ReLU, Linear hidden -> classes, trained on the mean cross-entropy by
 * Adam, in batches that are shuffled anew each epoch. With validation rows the weights of the epoch with the lowest
 * validation loss come back, and training ends when it has not fallen for some epochs; without them all epochs are run,
 * and the notes say so. Classes without training rows get the probability 0; validation rows of such choose nothing.
 *
 * The curve's training loss and accuracy are those of the batches before their steps, as they went by.
 *
 * @throws what `checkTrainingSet` throws; NotFiniteError naming the first bad row; ArgumentError naming the option that is
 *   out of its range, and `learningRate` when the loss or a weight leaves the range of numbers
 * @see Kingma & Ba 2015, arXiv:1412.6980
 * @example const { classifier, notes } = await trainMlp({ vectors, labels, validation }, { seed: 1 });
 */
export async function trainMlp(data: TrainingSet, options: MlpOptions = {}): Promise<TrainedHead<MlpClassifier>> {
  const settings = checkedSettings(ofCell(options));
  checkTrainingSet(data);
  const { labels, vectors } = data;
  const present = presentClasses(data);
  const scaling = await inTurns(fitScalingSteps(vectors, settings.scaling, "vectors"), settings.signal);
  const rows = numbered(await scaledRows(data, "vectors", scaling, settings.signal), present);
  const others = data.validation && (await scaledRows(data.validation, "validation", scaling, settings.signal));
  const usable = rowsOfPresent(others, present);
  const validation = usable && numbered(usable, present);
  const random = seededRandom(settings.seed);
  const start = initialNetwork(vectors.cols, settings.hidden, present.places.length, random);
  const { network, notes } = await runEpochs(start, { rows, validation, random, ...settings });
  const whole = (part: Network): MlpClassifier => ({
    kind: "mlp",
    classes: labels.classes,
    dim: vectors.cols,
    scaling,
    ...amongAllClasses(part, present.places, labels.classes.length),
  });
  return { classifier: whole(network), start: trainedParameters(whole(start)), notes };
}

type Settings = Required<Omit<MlpOptions, "signal" | "onProgress">> & Pick<MlpOptions, "signal" | "onProgress">;

function checkedSettings(options: MlpOptions): Settings {
  const { hidden = 256, epochs = 100, batchSize = 64, patience = 10 } = options;
  const { learningRate = 1e-3, weightDecay = 0, scaling = "standardise", seed = 0 } = options;
  for (const [name, value] of Object.entries({ hidden, epochs, batchSize, patience })) checkCount(value, name);
  if (!(learningRate > 0 && Number.isFinite(learningRate)))
    throw new ArgumentError("learningRate", `is ${learningRate}: give a number above 0, such as 0.001`);
  if (!(weightDecay >= 0 && Number.isFinite(weightDecay)))
    throw new ArgumentError("weightDecay", `is ${weightDecay}: give 0 or a number above it, such as 0.01`);
  return { ...options, hidden, epochs, batchSize, patience, learningRate, weightDecay, scaling, seed };
}

async function scaledRows(
  { vectors, labels }: LabelledRows,
  argument: string,
  scaling: FeatureScaling,
  signal?: AbortSignal,
): Promise<LabelledRows> {
  return { vectors: await inTurns(scaledRowsSteps(vectors, scaling, { argument }), signal), labels };
}

function numbered({ vectors, labels }: LabelledRows, { numbers }: PresentClasses): PreparedRows {
  return { vectors, labels: labels.indices.map((c) => numbers[c]) };
}
