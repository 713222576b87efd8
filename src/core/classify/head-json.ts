/** What the JSON file of a head holds: everything but the numbers, which lie in a file beside it. */
import { z } from "zod";
import { readingSchema } from "../model/reading-schema.js";
import type { Reading } from "../model/vector-space.js";
import type { HeadEvaluation, HeadTraining } from "./saved-head.js";
import { type ScalingRule, scalingRules } from "./scaling.js";

export const headFormat = "patchlab head";
export const headVersion = 1;

const size = z
  .int()
  .min(1)
  .max(2 ** 40);
const rows = z.int().min(0);
const share = z.number().min(0).max(1);
const positive = z.number().positive();

const classes = z
  .array(z.string().refine((name) => name.trim() !== "", "a class has an empty name"))
  .min(1)
  .refine((names) => new Set(names).size === names.length, "two classes have one name");

const training: z.ZodType<HeadTraining> = z.object({
  head: z.string(),
  rows: size,
  perClass: z.array(rows),
  seed: z.number(),
  chosen: z.record(z.string(), z.number()),
});

const evaluation: z.ZodType<HeadEvaluation> = z.object({
  folds: size,
  rows: size,
  correct: rows,
  accuracy: z.object({ value: share, low: share, high: share, level: share }),
  balancedAccuracy: share,
  majorityShare: share,
});

/** A classifier but for its arrays, whose sizes follow from this. */
export type ClassifierSettings =
  | { kind: "knn"; k: number; temperature: number; rows: number }
  | { kind: "centroid"; temperature: number }
  | { kind: "logistic"; c: number }
  | { kind: "mlp"; hidden: number };

const settings: z.ZodType<ClassifierSettings> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("knn"), k: size, temperature: positive, rows: size }),
  z.object({ kind: z.literal("centroid"), temperature: positive }),
  z.object({ kind: z.literal("logistic"), c: positive }),
  z.object({ kind: z.literal("mlp"), hidden: size }),
]);

/** The file, as it stands. */
export interface HeadJson {
  format: typeof headFormat;
  version: typeof headVersion;
  /** version of the patchlab that wrote it */
  patchlab: string;
  classes: string[];
  dim: number;
  scaling: ScalingRule;
  classifier: ClassifierSettings;
  backbone: {
    modelName: string;
    modelSource?: string | undefined;
    fingerprint: string;
    reading?: Reading | undefined;
  };
  training: HeadTraining;
  evaluation?: HeadEvaluation | undefined;
  /** the numbers: a file beside this one */
  tensors: { file: string; bytes: number; sha256: string };
}

const digest = z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits");

/** No path: the numbers lie beside the file. */
const fileName = z
  .string()
  .refine((name) => /^[^/\\]+$/.test(name) && !/^\.+$/.test(name), "expected the name of a file beside this one");

export const headSchema: z.ZodType<HeadJson> = z
  .object({
    format: z.literal(headFormat),
    version: z.literal(headVersion),
    patchlab: z.string(),
    classes,
    dim: size,
    scaling: z.enum(scalingRules),
    classifier: settings,
    backbone: z.object({
      modelName: z.string().min(1),
      modelSource: z.string().min(1).optional(),
      fingerprint: digest,
      reading: readingSchema.optional(),
    }),
    training,
    evaluation: evaluation.optional(),
    tensors: z.object({ file: fileName, bytes: size, sha256: digest }),
  })
  .refine(({ training, classes }) => training.perClass.length === classes.length, {
    path: ["training", "perClass"],
    message: "expected one number a class",
  });
