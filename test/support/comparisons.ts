/** A comparison to draw: real pictures, with made-up answers of three models of different skill. */
import { type ClassLabels, classLabels } from "#dist/core/classify/class-labels.js";
import type { LearningPoint, TrainingNotes } from "#dist/core/classify/head.js";
import { confidences, type Predictions, predictionsOf } from "#dist/core/classify/predictions.js";
import { comparedPairs } from "#dist/core/compare/compared-pairs.js";
import type {
  ComparedModel,
  Comparison,
  ComparisonCheck,
  ComparisonEntry,
  ConfidentMistake,
} from "#dist/core/compare/comparison.js";
import { classificationReport } from "#dist/core/evaluate/classification-report.js";
import type { LabelEfficiency } from "#dist/core/evaluate/label-efficiency.js";
import type { LabelMistakes } from "#dist/core/evaluate/label-mistakes.js";
import { normal, seededRandom } from "#dist/core/numeric/random.js";
import { pictureRecord } from "../widgets/results.js";

const kinds = ["dress", "hat", "longsleeve", "outwear", "pants", "shirt", "shoes", "shorts", "skirt", "t-shirt"];

/** Kinds that look alike: a wrong answer is mostly one of these. */
const alike = [
  ["shirt", "t-shirt", "longsleeve", "outwear"],
  ["dress", "skirt"],
  ["pants", "shorts"],
];

const alike95 = { threshold: 0.95, thresholds: [0.95] };
const defaultSkills = { "dinov2-small": 3.4, "efficientnet-lite0": 2.6, "resnet50.a1_in1k": 2.5 };

export interface MadeOptions {
  /** pictures of each kind @default 10 */
  readonly perKind?: number;
  /** how far the true class stands out for each model; 0 for none */
  readonly skills?: Readonly<Record<string, number>>;
  readonly heads?: readonly string[];
  readonly checks?: readonly ComparisonCheck[];
}

export const passed: readonly ComparisonCheck[] = [
  ...Object.keys(defaultSkills).flatMap((model, i): ComparisonCheck[] => [
    {
      ...{ name: "every trained parameter moved", passed: true, model, head: "logistic regression" },
      finding: `${3850 + 10 * i} of ${3850 + 10 * i} numbers moved`,
    },
    {
      ...{ name: "every trained parameter moved", passed: true, model, head: "weighted k-NN" },
      finding: "it keeps examples and trains nothing",
    },
  ]),
  {
    name: "pictures prepared as each model wants them",
    passed: true,
    finding: "What each model saw of 8 pictures is within 1 of 255 levels of its own transform.",
  },
  {
    name: "train and test disjoint",
    passed: true,
    finding: "No picture, and none as alike as 0.95, is both trained on and tested in any of 5 splits.",
  },
  {
    name: "the same pictures seen by all",
    passed: true,
    finding: "All models saw the same 100 pictures in the same order.",
  },
];

/** As `passed`, but one head never trained. */
export const oneFailed: readonly ComparisonCheck[] = passed.map((check) =>
  check.model === "efficientnet-lite0" && check.head === "logistic regression"
    ? {
        ...check,
        passed: false,
        finding: "the head's hidden weights are as they were before training",
      }
    : check,
);

export async function madeComparison(options: MadeOptions = {}): Promise<Comparison> {
  const { perKind = 10, skills = defaultSkills, heads = ["logistic regression", "weighted k-NN"] } = options;
  const names = kinds.flatMap((kind) => Array.from({ length: perKind }, (_, i) => pictureName(kind, i + 1)));
  const pictures = await Promise.all(names.map(pictureRecord));
  const labels = classLabels(kinds.flatMap((kind) => Array<string>(perKind).fill(kind)));
  const tested = Int32Array.from(pictures.keys());
  const models = Object.entries(skills);
  const entries = models.flatMap(([model, skill], m) =>
    heads.map((head, h) => entryOf(model, head, answers(labels.indices, skill - 0.3 * h, 10 * m + h), labels)),
  );
  return {
    models: models.map(([name, skill], m) => modelOf(name, skill, heads[0], m)),
    heads,
    pictures,
    labels,
    splits: splitsOf(pictures.length),
    tested,
    entries,
    pairs: comparedPairs(entries, { tested, labels, groups: tested }),
    checks: options.checks ?? passed,
    nearDuplicates: { groups: tested, count: tested.length, pairs: [], ...alike95 },
    leaks: { pairs: [], testRows: new Int32Array(0), ...alike95 },
    failed: [],
    seed: 0,
  };
}

function pictureName(kind: string, number: number): string {
  return `clothing/${kind}/${kind}-${String(number).padStart(2, "0")}`;
}

/** Softmax of noise, the true class raised by the skill and those that look like it by less. */
function answers(truth: Int32Array, skill: number, seed: number): Predictions {
  const random = seededRandom(seed);
  const data = new Float32Array(truth.length * kinds.length);
  truth.forEach((t, row) => {
    const friends = alike.find((group) => group.includes(kinds[t])) ?? [];
    const logits = kinds.map(
      (kind, c) => 1.3 * normal(random) + (c === t ? skill : friends.includes(kind) ? 0.45 * skill : 0),
    );
    const sum = logits.reduce((total, logit) => total + Math.exp(1.4 * logit), 0);
    logits.forEach((logit, c) => {
      data[row * kinds.length + c] = Math.exp(1.4 * logit) / sum;
    });
  });
  return predictionsOf(kinds, { data, rows: truth.length, cols: kinds.length });
}

function entryOf(model: string, head: string, predictions: Predictions, labels: ClassLabels): ComparisonEntry {
  const notes: TrainingNotes = { chosen: head === "weighted k-NN" ? { k: 5 } : { C: 0.1 } };
  return {
    model,
    head,
    predictions,
    report: classificationReport(predictions, labels),
    training: Array.from({ length: 5 }, () => notes),
    mistakes: mistakesOf(predictions, labels.indices),
  };
}

function mistakesOf(predictions: Predictions, truth: Int32Array): ConfidentMistake[] {
  const sure = confidences(predictions);
  const wrong = [...truth.keys()].filter((row) => predictions.predicted[row] !== truth[row]);
  return wrong
    .sort((a, b) => sure[b] - sure[a])
    .map((row) => {
      const [t, p] = [truth[row], predictions.predicted[row]];
      // its nearest are of the class that it was taken for, but for one of its own
      const nearest = [p, p, t, p, p].map((c, i) => {
        const rows = [...truth.keys()].filter((other) => truth[other] === c && other !== row);
        return { row: rows[(row + 3 * i) % rows.length], similarity: 0.81 - 0.03 * i, label: kinds[c] };
      });
      return { row, truth: kinds[t], predicted: kinds[p], confidence: sure[row], nearest };
    });
}

/** Accuracies that rise with the pictures a class, of five draws each. */
export function madeEfficiency(skill: number, head = "logistic regression", seed = 0): LabelEfficiency {
  const random = seededRandom(seed);
  const points = [1, 2, 5].map((perClass) => {
    const middle = Math.min(0.97, 0.16 * skill + 0.19 * Math.log10(perClass) * skill ** 0.3);
    const accuracies = Array.from({ length: 5 }, () => middle + (0.07 * (random() - 0.5)) / Math.sqrt(perClass));
    const mean = accuracies.reduce((sum, a) => sum + a, 0) / 5;
    return { perClass, mean, low: Math.min(...accuracies), high: Math.max(...accuracies), accuracies };
  });
  return { points, draws: 5, testRows: 40, head };
}

function modelOf(name: string, skill: number, head: string, m: number): ComparedModel {
  const inputSize = [224, 224] as const;
  const known = { name, family: "made up", dim: 384, fingerprint: `${m}`.repeat(8), inputSize };
  return { ...known, labelEfficiency: madeEfficiency(skill, head, m) };
}

function splitsOf(rows: number): Comparison["splits"] {
  return Array.from({ length: 5 }, (_, fold) => {
    const of = (part: (row: number) => boolean): Int32Array =>
      Int32Array.from([...Array(rows).keys()].filter((row) => part(row % 5)));
    return {
      train: of((k) => k !== fold && k !== (fold + 1) % 5),
      validation: of((k) => k === (fold + 1) % 5),
      test: of((k) => k === fold),
      seed: 0,
    };
  });
}

/** Epochs in which training goes on getting better after validation has stopped. */
export function madeEpochs(count = 40): LearningPoint[] {
  const random = seededRandom(5);
  return Array.from({ length: count }, (_, i) => ({
    epoch: i + 1,
    trainLoss: 2.3 * Math.exp(-i / 8),
    trainAccuracy: 1 - 0.85 * Math.exp(-i / 6),
    validationLoss: 0.75 + 1.5 * Math.exp(-i / 7) + 0.008 * i + 0.03 * random(),
    validationAccuracy: 0.8 - 0.65 * Math.exp(-i / 6) + 0.015 * random(),
  }));
}

/** Labels of the comparison's most confident mistakes, as if the model were right. */
export function madeLabelMistakes({ entries, pictures, tested }: Comparison, count = 6): LabelMistakes {
  const [{ mistakes, predictions }] = entries;
  const of = (row: number, label: string): number =>
    predictions.probabilities.data[row * predictions.classes.length + predictions.classes.indexOf(label)];
  return {
    mistakes: mistakes.slice(0, count).map(({ row, truth, predicted, nearest }) => ({
      ...{ row, given: truth, suggested: predicted, neighbours: nearest },
      givenConfidence: of(row, truth),
      suggestedConfidence: of(row, predicted),
      neighboursGiven: nearest.filter(({ label }) => label === truth).length,
      neighboursSuggested: nearest.filter(({ label }) => label === predicted).length,
    })),
    ...{ rows: tested.length, pictures, head: "logistic regression", folds: 5, modelName: "dinov2-small" },
  };
}
