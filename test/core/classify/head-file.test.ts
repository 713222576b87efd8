import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Classifier } from "#dist/core/classify/classifier.js";
import { loadHead, saveHead } from "#dist/core/classify/head-file.js";
import { predict } from "#dist/core/classify/predict.js";
import type { SavedHead } from "#dist/core/classify/saved-head.js";
import { spaceOf } from "#dist/core/model/vector-space.js";
import { matrix } from "#dist/core/numeric/matrix.js";
import { normalMatrix } from "../../support/samples.js";
import { fakeModel } from "../../support/stores.js";
import { temporaryFolder } from "../../support/temporary.js";

const dim = 8;
const classes = ["hüte", "=1+1", "日本"];
const same = () => 1;
const numbers = (rows: number, cols: number, seed: number) => normalMatrix(rows, cols, seed, { deviation: same });
const vector = (length: number, seed: number) => numbers(1, length, seed).data;

const classifiers: Record<string, Classifier> = {
  knn: {
    ...{ kind: "knn", classes, dim, scaling: { rule: "l2" }, k: 2, temperature: 0.07 },
    ...{ vectors: numbers(7, dim, 1), labels: Int32Array.from([0, 1, 2, 0, 1, 2, 0]) },
  },
  centroid: {
    ...{ kind: "centroid", classes, dim, scaling: { rule: "none" }, temperature: 0.1 },
    centroids: matrix(
      Float32Array.from(numbers(3, dim, 2).data, (v, i) => (i < dim ? Number.NaN : v)),
      3,
      dim,
    ),
  },
  logistic: {
    ...{ kind: "logistic", classes, dim, c: 0.1 },
    scaling: { rule: "standardise", mean: vector(dim, 3), deviation: vector(dim, 4).map((v) => Math.abs(v) + 0.5) },
    ...{ weights: numbers(3, dim, 5), bias: vector(3, 6) },
  },
  mlp: {
    ...{ kind: "mlp", classes, dim, scaling: { rule: "l2" }, hidden: numbers(5, dim, 7), hiddenBias: vector(5, 8) },
    ...{ output: numbers(3, 5, 9), outputBias: vector(3, 10) },
  },
};

async function headOf(classifier: Classifier): Promise<SavedHead> {
  return {
    classifier,
    space: await spaceOf(fakeModel({ dim }), { size: 224, fit: "squash" }),
    training: { head: "some head", rows: 7, perClass: [3, 2, 2], seed: 4, chosen: { C: 0.1 } },
    evaluation: {
      ...{ folds: 5, rows: 7, correct: 5, accuracy: { value: 5 / 7, low: 0.4, high: 0.9, level: 0.95 } },
      ...{ balancedAccuracy: 0.7, majorityShare: 3 / 7 },
    },
  };
}

describe("a head's files", () => {
  const folder = temporaryFolder();

  for (const [kind, classifier] of Object.entries(classifiers))
    it(`give back a ${kind} classifier that predicts the same, and the same bytes when saved again`, async () => {
      const head = await headOf(classifier);
      const path = join(folder(), `${kind} ü.json`);
      await saveHead(path, head);
      const loaded = await loadHead(path);
      assert.deepEqual(loaded, head);
      const x = numbers(20, dim, 11);
      assert.deepEqual(await predict(loaded.classifier, x), await predict(classifier, x));
      const again = join(folder(), "again", basename(path));
      await mkdir(dirname(again), { recursive: true });
      await saveHead(again, loaded);
      for (const name of [path, path.replace(".json", ".safetensors")])
        assert.deepEqual(await readFile(join(dirname(again), basename(name))), await readFile(name));
    });

  it("can be moved together, and name a backbone's folder from the head on and no other place", async () => {
    const head = await headOf(classifiers.logistic);
    const at = (place: string) => join(folder(), place, "heads", "a.json");
    const withSource = (source: string) => ({ ...head, space: { ...head.space, modelSource: source } });
    await mkdir(dirname(at("here")), { recursive: true });
    await saveHead(at("here"), withSource(join(folder(), "here", "models", "mine")));
    assert.ok(!(await readFile(at("here"), "utf8")).includes(folder()));
    await rename(join(folder(), "here"), join(folder(), "there"));
    assert.equal((await loadHead(at("there"))).space.modelSource, join(folder(), "there", "models", "mine"));
    await saveHead(at("there"), withSource("facebook/dinov2-small"));
    assert.equal((await loadHead(at("there"))).space.modelSource, "facebook/dinov2-small");
  });

  it("may lack a reading and an evaluation, as for vectors that were imported without their model", async () => {
    const { evaluation: _, ...head } = await headOf(classifiers.centroid);
    const imported = { ...head, space: { fingerprint: "a".repeat(64), modelName: "vectors.npy" } };
    const path = join(folder(), "imported.json");
    await saveHead(path, imported);
    assert.deepEqual(await loadHead(path), imported);
  });

  it("do not take the place of other files, such as a model's weights", async () => {
    const head = await headOf(classifiers.logistic);
    const path = join(folder(), "model", "config.json");
    await mkdir(dirname(path));
    await writeFile(path, '{"model_type":"dinov2"}');
    await assert.rejects(saveHead(path, head), { name: "FileError", path });
    const beside = join(folder(), "model", "model.json");
    await writeFile(beside.replace(".json", ".safetensors"), "weights");
    await assert.rejects(saveHead(beside, head), { name: "FileError", path: beside.replace(".json", ".safetensors") });
    await assert.rejects(saveHead(join(folder(), "head.bin"), head), { name: "ArgumentError", argument: "path" });
    assert.deepEqual((await readdir(join(folder(), "model"))).sort(), ["config.json", "model.safetensors"]);
  });

  it("are not written for a head that could not be read again", async () => {
    const path = join(folder(), "never.json");
    const bad = (change: object) => ({ ...classifiers.logistic, ...change }) as Classifier;
    for (const [classifier, name] of [
      [bad({ bias: Float32Array.of(1, Number.NaN, 0) }), "NotFiniteError"],
      [bad({ weights: numbers(2, dim, 1) }), "ShapeError"],
      [bad({ classes: ["a", "a", "b"] }), "ArgumentError"],
      [{ ...classifiers.knn, labels: Int32Array.of(0, 1, 2, 0, 1, 2, 3) } as Classifier, "ArgumentError"],
    ] as const)
      await assert.rejects(async () => saveHead(path, await headOf(classifier)), { name });
    assert.ok(!(await readdir(folder())).includes("never.json"));
  });
});

describe("a damaged head", () => {
  const folder = temporaryFolder();
  const heads = () => join(folder(), "heads");
  const path = () => join(heads(), "head.json");
  const tensors = () => join(heads(), "head.safetensors");
  let good: { json: string; tensors: Buffer };

  before(async () => {
    await mkdir(heads());
    await saveHead(path(), await headOf(classifiers.knn));
    good = { json: await readFile(path(), "utf8"), tensors: await readFile(tensors()) };
  });
  beforeEach(async () => {
    await rm(tensors(), { force: true });
    await writeFile(path(), good.json);
    await writeFile(tensors(), good.tensors);
  });

  /** Writes the JSON with values changed at some keys, for numbers that it then says are its own. */
  async function rewrite(changes: Record<string, unknown>, bytes: Uint8Array = good.tensors): Promise<void> {
    const json = JSON.parse(good.json);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const all = { "tensors.bytes": bytes.length, "tensors.sha256": sha256, ...changes };
    for (const [keys, value] of Object.entries(all)) {
      const [last, ...rest] = keys.split(".").reverse();
      rest.reverse().reduce((record, key) => record[key], json)[last] = value;
    }
    await writeFile(path(), JSON.stringify(json));
    await writeFile(tensors(), bytes);
  }
  const refused = (file: string, message: RegExp) =>
    assert.rejects(loadHead(path()), { name: "FormatError", path: file, message });

  it("is named when it is missing, a folder, no JSON, cut short, or some other JSON", async () => {
    await assert.rejects(loadHead(join(folder(), "none.json")), { name: "FileError" });
    await assert.rejects(loadHead(heads()), { name: "FormatError", path: heads() });
    for (const text of ["", "{", good.json.slice(0, -20)]) {
      await writeFile(path(), text);
      await refused(path(), /is no JSON/);
    }
    for (const text of ["null", "[]", "3", '{"version":1}']) {
      await writeFile(path(), text);
      await refused(path(), /is no head/);
    }
    await assert.rejects(loadHead(tensors()), { name: "FormatError", path: tensors() });
  });

  it("is named with the key that is wrong, or as one from a newer version", async () => {
    for (const [key, value, message] of [
      ["version", 2, /newer patchlab \(format 2/],
      ["classes", ["a", "a", "b"], /"classes".*one name/],
      ["classes.1", " ", /"classes.1".*empty/],
      ["classifier.kind", "forest", /"classifier.kind"/],
      ["dim", 1e300, /"dim"/],
      ["classifier.k", 0, /"classifier.k"/],
      ["backbone.fingerprint", "abc", /"backbone.fingerprint".*64/],
      ["backbone.reading.transform.mean", [1], /"backbone.reading.transform.mean/],
      ["training.perClass", [7], /"training.perClass".*one number a class/],
      ["evaluation.accuracy.value", 2, /"evaluation.accuracy.value"/],
      ["tensors", undefined, /"tensors"/],
    ] as const) {
      await rewrite({ [key]: value });
      await refused(path(), message);
    }
  });

  it("leads to no file out of its folder", async () => {
    await cp(tensors(), join(folder(), "outside.safetensors"));
    for (const file of ["../outside.safetensors", "..", ".", "/etc/passwd", "a\\b", "a/../head.safetensors", ""]) {
      await rewrite({ "tensors.file": file });
      await refused(path(), /"tensors.file"/);
    }
    await writeFile(path(), good.json);
    await rm(tensors());
    await symlink(join("..", "outside.safetensors"), tensors());
    await refused(tensors(), /link out of its folder/);
  });

  it("is told from its numbers when they are missing, cut short, changed by a bit, or another head's", async () => {
    await rm(tensors());
    await refused(tensors(), /is not there, but holds the numbers of .*head\.json/);
    await writeFile(tensors(), good.tensors.subarray(0, -8));
    await refused(tensors(), /bytes where .*head\.json says/);
    const flipped = Buffer.from(good.tensors);
    flipped[flipped.length - 1] ^= 1;
    await writeFile(tensors(), flipped);
    await refused(tensors(), /is not the file that/);
  });

  it("is refused when its numbers belong to it and do not fit", async () => {
    for (const changes of [
      { dim: 9 },
      { "classifier.rows": 1e9 },
      { classifier: { kind: "logistic", c: 1 } },
      { scaling: "standardise" },
      { classes: ["a"], "training.perClass": [7] },
    ]) {
      await rewrite(changes);
      await refused(tensors(), /does not hold the numbers of .*copy both files again/);
    }
    const start = 8 + Number(good.tensors.readBigUInt64LE());
    const withNaN = Buffer.from(good.tensors);
    withNaN.writeFloatLE(Number.NaN, start + 4 * (2 * dim + 3));
    await rewrite({}, withNaN);
    await refused(tensors(), /vectors holds NaN or an infinity in row 2/);
    await rewrite({}, good.tensors.subarray(0, start + 4));
    await refused(tensors(), /ends before the end of tensor/);
    await rewrite({}, Buffer.from("no tensors at all"));
    await refused(tensors(), /does not hold the numbers/);
  });
});
