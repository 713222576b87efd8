/** A comparison to draw: real pictures, with made-up answers of three models of different skill. */
import { readdirSync } from "node:fs";
import sharp from "sharp";
import { classCounts, classLabels } from "#dist/core/classify/class-labels.js";
import type { LearningPoint, TrainingNotes } from "#dist/core/classify/head.js";
import { confidences, type Predictions, predictionsOf } from "#dist/core/classify/predictions.js";
import type {
  ComparedModel,
  ComparedPair,
  Comparison,
  ComparisonCheck,
  ComparisonEntry,
  ConfidentMistake,
} from "#dist/core/compare/comparison.js";
import type { ClassificationReport } from "#dist/core/evaluate/classification-report.js";
import type { LabelEfficiency } from "#dist/core/evaluate/label-efficiency.js";
import type { LabelMistakes } from "#dist/core/evaluate/label-mistakes.js";
import { normal, seededRandom } from "#dist/core/numeric/random.js";
import type { Picture } from "#dist/core/picture.js";
import { projectFile } from "./fixtures.js";

const clothing = projectFile("images/clothing");
const kinds = readdirSync(clothing, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

/** Kinds that look alike: a wrong answer is mostly one of these. */
const alike = [
  ["shirt", "t-shirt", "longsleeve", "outwear"],
  ["dress", "skirt"],
  ["pants", "shorts"],
];

export interface MadeOptions {
  /** pictures of each kind @default 10 */
  readonly perKind?: number;
  /** how far the true class stands out for each model; 0 for none */
  readonly skills?: Readonly<Record<string, number>>;
  readonly heads?: readonly string[];
  readonly checks?: readonly ComparisonCheck[];
}

const defaultSkills = { "dinov2-small": 3.4, "efficientnet-lite0": 2.6, "resnet50.a1_in1k": 2.5 };

export const passed: readonly ComparisonCheck[] = [
  {
    name: "every trained parameter moved",
    passed: true,
    finding: "All 30 trained heads moved every one of their parameters away from its start.",
  },
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
  check.name === "every trained parameter moved"
    ? {
        ...check,
        passed: false,
        finding: "The head's hidden weights are as they were before training.",
        model: "efficientnet-lite0",
        head: "logistic regression",
      }
    : check,
);

export async function madeComparison(options: MadeOptions = {}): Promise<Comparison> {
  const { perKind = 10, skills = defaultSkills, heads = ["logistic regression", "weighted k-NN"] } = options;
  const pictures = (await Promise.all(kinds.map((kind) => picturesOf(kind, perKind)))).flat();
  const labels = classLabels(kinds.flatMap((kind) => Array<string>(perKind).fill(kind)));
  const models = Object.entries(skills);
  const entries = models.flatMap(([model, skill], m) =>
    heads.map((head, h) => entryOf(model, head, answers(labels.indices, skill - 0.3 * h, 10 * m + h), labels.indices)),
  );
  return {
    models: models.map(([name, skill], m) => modelOf(name, skill, heads[0], m)),
    heads,
    pictures,
    labels,
    splits: splitsOf(pictures.length),
    tested: Int32Array.from(pictures.keys()),
    entries,
    pairs: heads.flatMap((head) => pairsOf(entries, head, labels.indices)),
    checks: options.checks ?? passed,
    nearDuplicates: { groups: Int32Array.from(pictures.keys()), count: pictures.length, pairs: [], threshold: 0.95 },
    leaks: { threshold: 0.95, pairs: [], testRows: new Int32Array(0) },
    failed: [],
    seed: 0,
  };
}

async function picturesOf(kind: string, count: number): Promise<Picture[]> {
  const names = readdirSync(`${clothing}/${kind}`)
    .filter((name) => name.endsWith(".jpg"))
    .sort()
    .slice(0, count);
  return Promise.all(
    names.map(async (file) => {
      const source = `${clothing}/${kind}/${file}`;
      const { width, height } = await sharp(source).metadata();
      const side = Math.min(width, height);
      const view = { left: (width - side) / 2, top: (height - side) / 2, width: side, height: side };
      return { name: source, source, width, height, view };
    }),
  );
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

function entryOf(model: string, head: string, predictions: Predictions, truth: Int32Array): ComparisonEntry {
  const notes: TrainingNotes = { chosen: head === "weighted k-NN" ? { k: 5 } : { C: 0.1 } };
  return {
    model,
    head,
    predictions,
    report: reportOf(predictions, truth),
    training: Array.from({ length: 5 }, () => notes),
    mistakes: mistakesOf(predictions, truth),
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

function rightOf({ predictions: { predicted } }: ComparisonEntry, truth: Int32Array): boolean[] {
  return Array.from(truth, (t, row) => predicted[row] === t);
}

function pairsOf(entries: readonly ComparisonEntry[], head: string, truth: Int32Array): ComparedPair[] {
  const those = entries.filter((entry) => entry.head === head);
  return those.flatMap((a, i) =>
    those.slice(i + 1).map((b): ComparedPair => {
      const [rightA, rightB] = [rightOf(a, truth), rightOf(b, truth)];
      const only = (right: boolean[], wrong: boolean[]): number[] =>
        [...truth.keys()].filter((row) => right[row] && !wrong[row]);
      const [onlyA, onlyB] = [only(rightA, rightB), only(rightB, rightA)];
      const bothRight = rightA.filter((right, row) => right && rightB[row]).length;
      const neither = truth.length - bothRight - onlyA.length - onlyB.length;
      const test = { bothRight, onlyA: onlyA.length, onlyB: onlyB.length, neither };
      return {
        ...{ a: a.model, b: b.model, head, onlyA, onlyB },
        test: { ...test, pValue: binomial(onlyA.length, onlyB.length) },
      };
    }),
  );
}

/** Exact two-sided probability of a split at least so uneven. */
function binomial(a: number, b: number): number {
  const n = a + b;
  let [tail, term] = [0, 0.5 ** n];
  for (let k = 0; k <= Math.min(a, b); k++) {
    tail += term;
    term *= (n - k) / (k + 1);
  }
  return Math.min(1, 2 * tail);
}

export function reportOf(predictions: Predictions, truth: Int32Array): ClassificationReport {
  const { classes, predicted, probabilities } = predictions;
  const n = classes.length;
  const confusion = new Int32Array(n * n);
  truth.forEach((t, row) => {
    confusion[t * n + predicted[row]]++;
  });
  const support = classCounts({ classes, indices: truth });
  const taken = classCounts({ classes, indices: predicted });
  const perClass = classes.map((label, c) => ({
    label,
    support: support[c],
    recall: confusion[c * n + c] / support[c],
    precision: confusion[c * n + c] / taken[c],
  }));
  const correct = classes.reduce((sum, _, c) => sum + confusion[c * n + c], 0);
  const losses = Array.from(truth, (t, row) => -Math.log(probabilities.data[row * n + t]));
  return {
    classes,
    rows: truth.length,
    correct,
    accuracy: wilson(correct, truth.length),
    balancedAccuracy: perClass.reduce((sum, { recall }) => sum + recall, 0) / n,
    majorityShare: Math.max(...support) / truth.length,
    confusion,
    perClass,
    calibration: calibrationOf(predictions, truth),
    logLoss: losses.reduce((sum, loss) => sum + loss, 0) / truth.length,
  };
}

function wilson(correct: number, n: number): ClassificationReport["accuracy"] {
  const [z, p] = [1.96, correct / n];
  const middle = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  return { value: p, low: middle - half, high: middle + half, level: 0.95 };
}

function calibrationOf(predictions: Predictions, truth: Int32Array): ClassificationReport["calibration"] {
  const sure = confidences(predictions);
  const bins = Array.from({ length: 10 }, (_, i) => {
    const rows = [...truth.keys()].filter((row) => Math.min(9, Math.floor(10 * sure[row])) === i);
    const mean = (values: number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
    return {
      ...{ from: i / 10, to: (i + 1) / 10, rows: rows.length },
      meanConfidence: mean(rows.map((row) => sure[row])),
      accuracy: mean(rows.map((row) => Number(predictions.predicted[row] === truth[row]))),
    };
  }).filter(({ rows }) => rows > 0);
  const gap = bins.reduce((sum, bin) => sum + bin.rows * Math.abs(bin.meanConfidence - bin.accuracy), 0);
  return { bins, expectedError: gap / truth.length };
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
