/** What `patchlab classify --json` prints. */
import { resolve } from "node:path";
import { headTensorsPath } from "../core/classify/head-file.js";
import type { SavedHead } from "../core/classify/saved-head.js";
import type { HeadReport } from "../core/collection/train-head.js";
import type { ClassificationReport } from "../core/evaluate/classification-report.js";
import type { LabelMistakes } from "../core/evaluate/label-mistakes.js";
import { largeGroups } from "../core/evaluate/row-groups.js";
import { given } from "../core/given.js";
import type { ClassifyOptions, Trained } from "./classify.js";
import { failuresAsJson } from "./failures.js";
import type { Predicted } from "./predict-pictures.js";

export interface Found {
  trained?: Trained;
  /** the one that predicted, or that was trained */
  head: SavedHead | HeadReport;
  predicted?: Predicted;
}

export function classifyFacts(source: string, options: ClassifyOptions, { trained, head, predicted }: Found): object {
  const { save, out, csv } = options;
  const files = {
    ...(save === undefined ? {} : { head: resolve(save), tensors: resolve(headTensorsPath(save)) }),
    ...(csv === undefined ? {} : { predictions: resolve(csv) }),
    ...(out === undefined ? {} : { page: resolve(out) }),
  };
  const { classifier, space, training, evaluation } = head;
  const { fingerprint, modelName } = space ?? {};
  return {
    source: resolve(source),
    classes: classifier.classes,
    backbone: given({ modelName, fingerprint }),
    training,
    ...given({ evaluation }),
    ...(trained ? trainingFacts(trained) : {}),
    ...(predicted ? predictionFacts(predicted) : {}),
    files,
  };
}

function trainingFacts({ head, labels }: Trained): object {
  const { pictures, rows, leftOut, untested, nearDuplicates, test, mistakes, notes } = head;
  const name = (row: number) => pictures?.[row].name ?? `row ${rows[row]}`;
  const { groups, pairs, threshold } = nearDuplicates;
  return {
    labels: { ...given({ file: labels.file }), problems: labels.problems, unlabelled: labels.unlabelled },
    ...{ leftOut, untested, notes },
    nearDuplicates: {
      threshold,
      groups: largeGroups(groups).map((group) => group.map(name)),
      pairs: pairs.map(({ a, b, similarity }) => ({ a: name(a), b: name(b), similarity })),
    },
    ...(test ? { report: reportFacts(test.report) } : {}),
    ...(mistakes ? { mistakes: mistakeFacts(mistakes) } : {}),
  };
}

/** With paths in the place of rows. */
function mistakeFacts({ mistakes, pictures }: LabelMistakes): object[] {
  const path = (row: number) => pictures?.[row].name ?? `row ${row}`;
  return mistakes.map(({ row, neighbours, ...one }) => ({
    ...{ path: path(row), ...one },
    neighbours: neighbours.map(({ row: near, ...other }) => ({ path: path(near), ...other })),
  }));
}

/** With the confusions as rows of numbers, one a class, in the order of the classes. */
function reportFacts({ confusion, classes, ...report }: ClassificationReport): object {
  const n = classes.length;
  return { ...report, confusion: classes.map((_, c) => [...confusion.subarray(c * n, (c + 1) * n)]) };
}

function predictionFacts({ rows, failed, unsureBelow, classes }: Predicted): object {
  return {
    unsureBelow,
    predictions: rows.map(({ picture, label, best, confidence, probabilities }) => ({
      ...{ path: resolve(picture.name), label: label ?? null, best, confidence },
      probabilities: Object.fromEntries(classes.map((name, c) => [name, probabilities[c]])),
    })),
    failed: failuresAsJson(failed),
  };
}
