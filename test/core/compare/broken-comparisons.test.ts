/** Comparisons that are broken on purpose: each is caught, by the name of what does not hold. */
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import type { MlpClassifier } from "#dist/core/classify/classifier.js";
import type { Head, TrainedHead } from "#dist/core/classify/head.js";
import { mlpHead } from "#dist/core/classify/heads.js";
import { type CompareOptions, compare } from "#dist/core/compare/compare.js";
import type { Comparison } from "#dist/core/compare/comparison.js";
import type { Participant } from "#dist/core/compare/participant.js";
import { BrokenComparisonError } from "#dist/core/errors.js";
import { preprocess } from "#dist/core/image/preprocess.js";
import { imagenetTransform } from "#dist/core/image/transform.js";
import { loadModel } from "#dist/core/model/load.js";
import type { Model, PixelTensor } from "#dist/core/model/model.js";
import type { ImageSource } from "#dist/core/picture.js";
import { clothes } from "../../support/clothing.js";
import { temporaryFolder } from "../../support/temporary.js";

const data = clothes(["dress", "pants", "shoes"], 5);
const quick: CompareOptions = { heads: ["centroid"], folds: 4, labelEfficiency: false };

/** A head of which some numbers are put back to where they started. */
function frozen(names: readonly (keyof MlpClassifier)[]): Head {
  const whole = mlpHead({ hidden: 16, epochs: 5 });
  return {
    name: "a frozen head",
    async train(set, options): Promise<TrainedHead> {
      const trained = await whole.train(set, options);
      const { start } = trained;
      const classifier = trained.classifier as MlpClassifier;
      const back = Object.fromEntries(
        names.map((name) => {
          const now = classifier[name];
          return [name, now instanceof Float32Array ? start[name] : { ...(now as object), data: start[name] }];
        }),
      );
      return { ...trained, classifier: { ...classifier, ...back } };
    },
  };
}

async function caught(work: Promise<unknown>): Promise<BrokenComparisonError> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof BrokenComparisonError, String(error));
    return error;
  }
  assert.fail("nothing was caught");
}

function accuracy({ entries }: Comparison, place = 0): number {
  return entries[place].report.accuracy.value;
}

describe("compare", function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  let model: Model;

  before(async () => {
    model = await loadModel("efficientnet-lite0");
  });

  after(() => model?.close());

  /** Pictures as the model wants them, then changed number by number; c is the channel. */
  const prepared =
    (change: (x: number, c: number) => number): NonNullable<Participant["preprocess"]> =>
    async (images: readonly ImageSource[]): Promise<PixelTensor> => {
      const { data: pixels, dims } = await preprocess(images, model.transform);
      const area = dims[2] * dims[3];
      return { data: pixels.map((x, i) => change(x, Math.floor(i / area) % 3)), dims };
    };

  it("broken comparison: a head that never trains", async () => {
    const error = await caught(
      compare([model], data, {
        ...quick,
        heads: [frozen(["hidden", "hiddenBias", "output", "outputBias"])],
      }),
    );
    assert.equal(error.check, "every trained parameter moved");
    assert.equal(error.head, "a frozen head");
    assert.match(error.message, /none of the \d+ numbers of hidden moved/);
  });

  it("broken comparison: a head of which one layer never trains", async () => {
    const error = await caught(compare([model], data, { ...quick, heads: [frozen(["output"])] }));
    assert.equal(error.check, "every trained parameter moved");
    assert.match(error.message, /none of the \d+ numbers of output moved/);
  });

  it("broken comparison: a doubled normalisation", async () => {
    const { mean, std } = model.transform;
    const twice = { model, name: "twice", preprocess: prepared((x, c) => (x - mean[c]) / std[c]) };
    const error = await caught(compare([model, twice], data, quick));
    assert.equal(error.check, "pictures prepared as each model wants them");
    assert.equal(error.model, "twice");
    assert.match(error.message, /they were normalised twice/);
    const [m, s] = [imagenetTransform.mean, imagenetTransform.std];
    const imagenet = { model, preprocess: prepared((x, c) => (x - m[c]) / s[c]) };
    const again = await caught(compare([imagenet], data, quick));
    assert.match(again.message, /they were normalised twice, the second time with ImageNet's/);
  });

  it("broken comparison: pictures that were not normalised, or of swapped colours", async () => {
    const { mean, std } = model.transform;
    const raw = prepared((x, c) => x * std[c] + mean[c]);
    assert.match(
      (await caught(compare([{ model, preprocess: raw }], data, quick))).message,
      /they were not normalised/,
    );
    const swapped = async (images: readonly ImageSource[]): Promise<PixelTensor> => {
      const { data: pixels, dims } = await preprocess(images, { ...model.transform, mean: [0, 0, 0], std: [1, 1, 1] });
      const area = dims[2] * dims[3];
      const from = (i: number): number => i + area * [2, 0, -2][Math.floor(i / area) % 3];
      const wrong = pixels.map((_, i) => {
        const c = Math.floor(i / area) % 3;
        return (pixels[from(i)] - mean[c]) / std[c];
      });
      return { data: wrong, dims };
    };
    const error = await caught(compare([{ model, preprocess: swapped }], data, quick));
    assert.match(error.message, /red and blue are swapped/);
  });

  it("broken comparison: vectors that another way of reading made", async () => {
    const { cls, pictures } = await model.extract(data.pictures, { clsOnly: true, size: 160 });
    const embeddings = { vectors: cls, pictures };
    const error = await caught(compare([{ model, embeddings }], data, quick));
    assert.equal(error.check, "pictures prepared as each model wants them");
    const honest = await compare([{ model, embeddings: { ...embeddings, size: [160, 160] } }], data, quick);
    assert.ok(honest.checks.every(({ passed }) => passed));
  });

  it("broken comparison: a leaked picture", async () => {
    const rows = Int32Array.from(data.pictures.keys());
    const split = {
      train: rows.filter((row) => row % 2 === 0),
      validation: new Int32Array(),
      test: rows.filter((row) => row % 2 === 1 || row === 4),
      seed: 0,
    };
    const error = await caught(compare([model], data, { ...quick, splits: [split] }));
    assert.equal(error.check, "train and test disjoint");
    assert.ok(error.message.includes(data.pictures[4]));
  });

  it("broken comparison: a leaked copy of a picture, smaller and compressed again", async () => {
    await mkdir(folder(), { recursive: true });
    const copy = join(folder(), "copy of a dress.jpg");
    await sharp(data.pictures[0]).resize(300).jpeg({ quality: 60 }).toFile(copy);
    const leaked = { pictures: [...data.pictures, copy], labels: [...data.labels, data.labels[0]] };
    const all = Int32Array.from(leaked.pictures.keys());
    const tested = (row: number) => row % 4 === 0 && row !== data.pictures.length;
    const split = {
      train: all.filter((row) => !tested(row)),
      validation: new Int32Array(),
      test: all.filter(tested),
      seed: 0,
    };
    const error = await caught(compare([model], leaked, { ...quick, splits: [split] }));
    assert.equal(error.check, "train and test disjoint");
    assert.ok(error.message.includes(copy), error.message);
    const own = await compare([model], leaked, quick);
    const groups = own.nearDuplicates.groups;
    assert.equal(groups[0], groups[leaked.pictures.length - 1], "folds of its own keep both together");
    assert.equal(own.leaks.pairs.length, 0);
  });

  it("broken comparison: a model that saw fewer pictures", async () => {
    const { cls, pictures } = await model.extract(data.pictures.slice(2), { clsOnly: true });
    const fewer = { model, name: "fewer", embeddings: { vectors: cls, pictures } };
    const error = await caught(compare([model, fewer], data, quick));
    assert.equal(error.check, "the same pictures seen by all");
    assert.equal(error.model, "fewer");
    const dropped = async (images: readonly ImageSource[]) => preprocess(images.slice(1), model.transform);
    const other = await caught(compare([{ model, name: "drops", preprocess: dropped }], data, quick));
    assert.equal(other.check, "the same pictures seen by all");
  });

  it("goes on with a broken comparison when told to, and says what is broken", async () => {
    const { mean, std } = model.transform;
    const twice = { model, name: "twice", preprocess: prepared((x, c) => (x - mean[c]) / std[c]) };
    const result = await compare([model, twice], data, { ...quick, onBroken: "report" });
    assert.deepEqual(
      result.checks.filter(({ passed }) => !passed).map(({ name, model: whose }) => [name, whose]),
      [["pictures prepared as each model wants them", "twice"]],
    );
    assert.deepEqual(
      result.entries.map(({ model: whose, head }) => [whose, head]),
      [
        ["efficientnet-lite0", "nearest centroid"],
        ["twice", "nearest centroid"],
      ],
    );
  });

  it("passes every check with a pipeline of its own that is right", async () => {
    const right = { model, name: "own way", preprocess: prepared((x) => x) };
    const result = await compare([model, right], data, quick);
    assert.ok(result.checks.every(({ passed }) => passed));
    assert.equal(accuracy(result, 0), accuracy(result, 1));
  });
});
