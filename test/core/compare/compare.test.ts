import assert from "node:assert/strict";
import type { Head } from "#dist/core/classify/head.js";
import { headNamed } from "#dist/core/classify/heads.js";
import { type CompareOptions, compare } from "#dist/core/compare/compare.js";
import type { Dataset } from "#dist/core/compare/dataset.js";
import {
  ArgumentError,
  DegenerateDataError,
  FileError,
  ImageError,
  NotFiniteError,
  ShapeError,
} from "#dist/core/errors.js";
import { mcnemar } from "#dist/core/evaluate/mcnemar.js";
import { normal, seededRandom } from "#dist/core/numeric/random.js";
import { untrainedWords } from "#dist/widgets/untrained-classes.js";
import { type FakeModel, fakeModel, writeFiles } from "../../support/stores.js";
import { temporaryFolder } from "../../support/temporary.js";

const dim = 16;

/** A number for a text. */
function seedOf(text: string): number {
  return [...text].reduce((sum, letter) => (Math.imul(sum, 31) + letter.codePointAt(0)!) | 0, 7);
}

/** Sees what a picture's bytes say that it shows, such as "dress 3", the less clearly the more it is spread. */
function seeing(name: string, spread: number): FakeModel & { vector: (bytes: Uint8Array) => Float32Array } {
  const vector = (bytes: Uint8Array): Float32Array => {
    const text = Buffer.from(bytes).toString();
    const [centre, own] = [seededRandom(seedOf(text.split(" ")[0])), seededRandom(seedOf(name + text))];
    return Float32Array.from({ length: dim }, () => normal(centre) + spread * normal(own));
  };
  return Object.assign(fakeModel({ name, dim, vector }), { vector });
}

function clothes(counts: Readonly<Record<string, number>>): {
  pictures: { name: string; source: Uint8Array }[];
  labels: string[];
} {
  const all = Object.entries(counts).flatMap(([label, count]) =>
    Array.from({ length: count }, (_, i) => ({ label, text: `${label} ${i}` })),
  );
  return {
    pictures: all.map(({ text }) => ({ name: `${text}.jpg`, source: Buffer.from(text) })),
    labels: all.map(({ label }) => label),
  };
}

const [sharp, blurred] = [seeing("sharp", 0.3), seeing("blurred", 2)];
const data = clothes({ dress: 12, hat: 12, shoes: 12 });
const quick: CompareOptions = {
  heads: ["centroid"],
  folds: 4,
  labelEfficiency: false,
  referee: sharp,
  duplicateThreshold: 0.999,
};

describe("compare(models, dataset)", () => {
  const folder = temporaryFolder();

  it("tests each picture once, by heads that were trained on the same other pictures for every model", async () => {
    const seen: number[][] = [];
    const spy: Head = {
      name: "spy",
      train(set, options) {
        seen.push([...set.labels.indices, options.seed]);
        return headNamed("centroid").train(set, options);
      },
    };
    const result = await compare([sharp, blurred], data, { ...quick, heads: [spy], seed: 3 });
    assert.equal(seen.length, 8);
    assert.deepEqual(seen.slice(0, 4), seen.slice(4));
    assert.ok(seen.every((one) => one.at(-1) === 3));
    assert.deepEqual([...result.tested], [...data.pictures.keys()]);
    assert.equal(result.entries.length, 2);
    for (const { predictions } of result.entries) assert.equal(predictions.probabilities.rows, data.pictures.length);
  });

  it("finds that what sees clearly is better than what does not, and by how much by chance", async () => {
    const { entries, pairs, labels, tested } = await compare([sharp, blurred], data, quick);
    const [a, b] = entries;
    assert.ok(a.report.accuracy.value > b.report.accuracy.value);
    const [pair] = pairs;
    assert.deepEqual([pair.a, pair.b, pair.head], ["sharp", "blurred", "nearest centroid"]);
    const right = (entry: typeof a) =>
      [...tested].filter((row, i) => entry.predictions.predicted[i] === labels.indices[row]);
    const [rightA, rightB] = [right(a), right(b)];
    assert.deepEqual(
      [...pair.onlyA].sort((x, y) => x - y),
      rightA.filter((row) => !rightB.includes(row)),
    );
    assert.deepEqual(
      [...pair.onlyB].sort((x, y) => x - y),
      rightB.filter((row) => !rightA.includes(row)),
    );
    assert.equal(pair.test.onlyA, pair.onlyA.length);
    assert.ok(pair.test.pValue < 0.05);
  });

  it("explains the surest mistakes by the nearest pictures that trained", async () => {
    const { entries, splits, labels } = await compare([blurred], data, quick);
    const { mistakes } = entries[0];
    assert.ok(mistakes.length > 0);
    mistakes.forEach(({ row, truth, predicted, confidence, nearest }, i) => {
      assert.equal(truth, data.labels[row]);
      assert.notEqual(predicted, truth);
      assert.ok(i === 0 || confidence <= mistakes[i - 1].confidence);
      const { train } = splits.find(({ test }) => test.includes(row))!;
      assert.equal(nearest.length, 4);
      for (const { row: near, label } of nearest) {
        assert.ok(train.includes(near));
        assert.equal(label, labels.classes[labels.indices[near]]);
      }
    });
  });

  it("splits alike whoever takes part", async () => {
    const alone = await compare([blurred], data, quick);
    const together = await compare([sharp, blurred], data, quick);
    assert.deepEqual(alone.splits, together.splits);
    assert.deepEqual(alone.entries[0], together.entries[1]);
  });

  it("gives the same result for the same seed, and other folds for another", async () => {
    const [a, b, c] = [
      await compare([sharp], data, quick),
      await compare([sharp], data, quick),
      await compare([sharp], data, { ...quick, seed: 1 }),
    ];
    assert.deepEqual(a, b);
    assert.notDeepEqual(a.splits, c.splits);
  });

  it("leaves pictures out for all that one model cannot read or gives no numbers for, and reports them", async () => {
    const torn = { name: "torn.jpg", source: Buffer.from("bad") };
    const half = fakeModel({
      ...{ name: "half", dim },
      vector: (bytes) =>
        Float32Array.from({ length: dim }, (_, i) =>
          String(bytes) === String(data.pictures[5].source) ? NaN : bytes[i % bytes.length],
        ),
    });
    const more = { pictures: [...data.pictures, torn], labels: [...data.labels, "hat"] };
    const result = await compare([sharp, half], more, quick);
    assert.deepEqual(
      result.failed.map(({ index, name, error }) => [index, name, error.constructor]),
      [
        [5, "dress 5.jpg", NotFiniteError],
        [36, "torn.jpg", ImageError],
      ],
    );
    assert.equal(result.pictures.length, 35);
    assert.ok(result.checks.every(({ passed }) => passed));
  });

  it("takes a folder of folders, with names in any script", async () => {
    const root = folder();
    const files = Object.fromEntries(
      ["Schöne Kleider", "靴"].flatMap((label) =>
        Array.from({ length: 6 }, (_, i) => [`${label}/${label} ${i}.jpg`, `${label.replace(" ", "_")} ${i}`]),
      ),
    );
    writeFiles(root, files);
    const result = await compare([sharp], root, quick);
    assert.deepEqual(result.labels.classes, ["Schöne Kleider", "靴"]);
    assert.equal(result.tested.length, 12);
  });

  it("keeps a class with one picture in the training, and says so little of it as can be said", async () => {
    const result = await compare([sharp], clothes({ dress: 8, hat: 8, glove: 1 }), quick);
    const glove = result.entries[0].report.perClass.find(({ label }) => label === "glove")!;
    assert.ok(glove.support <= 1);
    assert.ok(!(glove.recall > 0));
    const told = untrainedWords(result);
    assert.match(told, glove.support === 1 ? /when those of glove were tested, none of theirs/ : /^$/);
    assert.equal(untrainedWords(await compare([sharp], data, quick)), "");
  });

  it("compares on more classes than the heads have pictures of", async () => {
    const counts = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`kind${i}`, i < 2 ? 3 : 1]));
    const result = await compare([sharp], clothes(counts), { ...quick, folds: 2 });
    assert.ok(result.entries[0].report.accuracy.value < 1);
  });

  it("gives copies of a picture one say in the tests between models, as near-duplicates have in the intervals", async () => {
    const copies = (count: number): Dataset => {
      const all = Array.from({ length: count }, (_, copy) =>
        data.pictures.map(({ name, source }) => ({ name: `${copy} ${name}`, source })),
      );
      return { pictures: all.flat(), labels: all.flatMap(() => data.labels) };
    };
    const [once, often] = [
      await compare([sharp, blurred], copies(1), quick),
      await compare([sharp, blurred], copies(5), quick),
    ];
    assert.equal(often.nearDuplicates.count, once.nearDuplicates.count);
    const [one, five] = [once.pairs[0].test, often.pairs[0].test];
    assert.ok(five.onlyA > 2 * one.onlyA);
    const independent = mcnemar(
      ...([0, 1].map((i) => {
        const { predicted } = often.entries[i].predictions;
        return predicted.map((c, row) => Number(c === often.labels.indices[row]));
      }) as [Int32Array, Int32Array]),
    );
    assert.ok(
      five.pValue > 100 * independent.pValue,
      `${five.pValue} where rows alone would give ${independent.pValue}`,
    );
  });

  it("draws the same curve for vectors in another unit", async () => {
    const bits = blurred.vector;
    const [plain, long] = [1, 256].map((unit) =>
      fakeModel({ name: `x ${unit}`, dim, vector: (bytes) => bits(bytes).map((x) => x * unit) }),
    );
    const { models } = await compare([plain, long], data, { ...quick, labelEfficiency: { draws: 3 } });
    const [a, b] = models.map(({ labelEfficiency }) => labelEfficiency!.points.map(({ accuracies }) => accuracies));
    assert.deepEqual(a, b);
  });

  it("takes no offence at columns that are the same for all pictures, from which no head can learn", async () => {
    const wide = fakeModel({
      ...{ name: "wide", dim: 4 * dim },
      vector: (bytes) => Float32Array.from([...sharp.vector(bytes), ...new Float32Array(3 * dim).fill(2)]),
    });
    const { checks } = await compare([wide], data, { ...quick, heads: ["mlp", "logistic"] });
    assert.ok(checks.every(({ passed }) => passed));
  });

  it("leaves pictures out that the referee cannot read, and goes on", async () => {
    const blind = fakeModel({
      ...{ name: "blind", dim },
      vector: (bytes) => (String(bytes) === "hat 3" ? new Float32Array(dim) : sharp.vector(bytes)),
    });
    const torn = {
      ...data,
      pictures: data.pictures.map((one, i) => (i === 2 ? { ...one, source: Buffer.from("bad") } : one)),
    };
    const vectors = data.pictures.map(({ source }) => sharp.vector(source));
    const embeddings = {
      vectors: { data: Float32Array.from(vectors.flatMap((one) => [...one])), rows: vectors.length, cols: dim },
      pictures: data.pictures.map(({ name }) => ({ name, source: name, width: 1, height: 1 })) as never,
    };
    const result = await compare([{ model: sharp, embeddings }], torn, { ...quick, referee: blind });
    assert.deepEqual(
      result.failed.map(({ name }) => name),
      ["dress 2.jpg", "hat 3.jpg"],
    );
    assert.equal(result.tested.length, 34);
    assert.equal(result.nearDuplicates.groups.length, 34);
  });

  it("remembers what each head chose, split by split", async () => {
    const { entries } = await compare([sharp], data, { ...quick, heads: ["knn"] });
    assert.equal(entries[0].training.length, 4);
    for (const { chosen } of entries[0].training) assert.ok(chosen.k >= 1);
  });

  it("counts the pictures of each step", async () => {
    const steps = new Map<string, string>();
    await compare([sharp, blurred], data, {
      ...quick,
      onProgress: (step, done, total) => steps.set(step, `${done}/${total}`),
    });
    assert.deepEqual(Object.fromEntries(steps), {
      "Embedding with sharp": "36/36",
      "Embedding with blurred": "36/36",
      "Training nearest centroid on sharp": "4/4",
      "Training nearest centroid on blurred": "4/4",
    });
  });

  it("stops when it is told to", async () => {
    const controller = new AbortController();
    const onProgress = (step: string): void => {
      if (step.startsWith("Training")) controller.abort();
    };
    const work = compare([sharp, blurred], data, { ...quick, signal: controller.signal, onProgress });
    await assert.rejects(work, { name: "AbortError" });
  });

  it("refuses what cannot be compared, each by its name", async () => {
    const one = clothes({ dress: 8 });
    await assert.rejects(compare([], data, quick), ArgumentError);
    await assert.rejects(compare([sharp, sharp], data, quick), /has "sharp" twice: give each a name of its own/);
    await assert.rejects(compare([sharp], data, { ...quick, heads: [] }), /heads is empty/);
    await assert.rejects(compare([sharp], data, { ...quick, heads: ["tree" as never] }), ArgumentError);
    await assert.rejects(compare([sharp], data, { ...quick, heads: ["knn", "knn"] }), /has "k-NN" twice/);
    await assert.rejects(compare([sharp], one, quick), DegenerateDataError);
    await assert.rejects(compare([sharp], { pictures: [], labels: [] }, quick), /pictures is empty/);
    await assert.rejects(compare([sharp], { ...data, labels: data.labels.slice(1) }, quick), ShapeError);
    const twice = { pictures: [...data.pictures, data.pictures[0]], labels: [...data.labels, "dress"] };
    await assert.rejects(compare([sharp], twice, quick), /has "dress 0.jpg" twice/);
    await assert.rejects(compare([sharp], "no such folder", quick), FileError);
    const none = { train: Int32Array.of(0, 99), validation: new Int32Array(), test: Int32Array.of(1), seed: 0 };
    await assert.rejects(compare([sharp], data, { ...quick, splits: [none] }), /splits\[0\] names row 99 in train/);
    await assert.rejects(compare([sharp], data, { ...quick, splits: [] }), /splits is empty/);
    const embeddings = { vectors: { data: new Float32Array(dim), rows: 1, cols: dim } };
    await assert.rejects(compare([{ model: sharp, embeddings }], data, quick), /embeddings without pictures/);
    const same = fakeModel({
      name: "same",
      dim,
      vector: (bytes) => Float32Array.from({ length: dim }, () => bytes[0]),
    });
    await assert.rejects(
      compare([sharp], data, { ...quick, referee: same }),
      /near-duplicates \(cosine 1.00 or more\) taken as one, are 1, too few for 4 parts/,
    );
    const named = (names: string[]) => ({ ...embeddings, pictures: names.map((name) => ({ name })) as never });
    const two = { vectors: { data: new Float32Array(2 * dim), rows: 2, cols: dim } };
    const twiceThere = { ...two, pictures: named(["dress 0.jpg", "dress 0.jpg"]).pictures };
    await assert.rejects(compare([{ model: sharp, embeddings: twiceThere }], data, quick), /"dress 0.jpg" twice/);
    const short = named(["dress 0.jpg", "dress 1.jpg"]);
    await assert.rejects(compare([{ model: sharp, embeddings: short }], data, quick), ShapeError);
    const noPixels = { model: sharp, preprocess: async () => undefined as never };
    const image = {
      pictures: ["images/clothing/hat/hat-01.jpg", "images/clothing/hat/hat-02.jpg"],
      labels: ["a", "b"],
    };
    await assert.rejects(compare([noPixels], image, { ...quick, folds: 2 }), /a preprocess that gives no pixels/);
    const idle: Head = { name: "idle", train: async () => undefined as never };
    await assert.rejects(compare([sharp], data, { ...quick, heads: [idle] }), /"idle" trained no classifier/);
    const odd: Head = {
      name: "odd",
      train: async (set, options) => {
        const trained = await headNamed("knn").train(set, options);
        return { ...trained, classifier: { ...trained.classifier, kind: "tree" as never } };
      },
    };
    await assert.rejects(compare([sharp], data, { ...quick, heads: [odd] }), /classifier.kind is "tree"/);
  });

  it("refuses what no picture need be read for before it reads any", async () => {
    const unread = fakeModel({ name: "unread", onPicture: () => assert.fail("a picture was read") });
    const refused = async (options: object, problem: RegExp, labels: readonly string[] = data.labels) =>
      assert.rejects(compare([unread], { ...data, labels }, { ...quick, ...options }), problem);
    await refused(
      {},
      /only the class "dress"/,
      data.labels.map(() => "dress"),
    );
    await refused(
      {},
      /labels holds "" in row 1/,
      data.labels.map((label, i) => (i === 1 ? "" : label)),
    );
    await refused({ folds: 1 }, /folds is 1/);
    await refused({ folds: 99 }, /folds is 99/);
    await refused({ seed: 0.5 }, /seed is 0.5/);
    await refused({ duplicateThreshold: 2 }, /duplicateThreshold is 2/);
    await refused({ onBroken: "ignore" }, /onBroken is "ignore"/);
    await refused({ labelEfficiency: { draws: 0 } }, /labelEfficiency.draws is 0/);
    await refused({ labelEfficiency: { perClass: [] } }, /perClass is empty/);
    await refused({ heads: "knn" }, /heads is no list/);
    await refused({ heads: [{ name: "tree" }] }, /heads\[0\] is no head/);
    await refused({ referee: {} }, /referee is no model/);
    await refused({ splits: [{}] }, /splits\[0\] must hold train as an Int32Array/);
  });
});
