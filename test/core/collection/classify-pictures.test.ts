import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Classifier } from "#dist/core/classify/classifier.js";
import { classifyPictures } from "#dist/core/collection/classify-pictures.js";
import { embedFolder } from "#dist/core/collection/embed-folder.js";
import { writePredictions } from "#dist/core/collection/predictions-csv.js";
import { ModelMismatchError } from "#dist/core/errors.js";
import { parseCsv } from "#dist/core/interchange/csv.js";
import { parseLabelTable } from "#dist/core/interchange/label-table.js";
import { spaceOf } from "#dist/core/model/vector-space.js";
import { matrix } from "#dist/core/numeric/matrix.js";
import { fakeModel, vectorOf, writeFiles } from "../../support/stores.js";
import { temporaryFolder } from "../../support/temporary.js";

const dim = 8;

/** A head that knows the vectors of these contents, each a class. */
async function headOf(contents: readonly string[], classes = contents, model = fakeModel()) {
  const centroids = contents.map((content) => {
    const vector = vectorOf(content);
    const length = Math.hypot(...vector);
    return vector.map((v) => v / length);
  });
  const classifier: Classifier = {
    ...{ kind: "centroid", classes, dim, scaling: { rule: "l2" }, temperature: 0.1 },
    centroids: matrix(Float32Array.from(centroids.flatMap((c) => [...c])), contents.length, dim),
  };
  return { classifier, space: await spaceOf(model) };
}

describe("classifyPictures", () => {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder(), "new", name);
  const pictures = { "a.jpg": "one", "deep/ü b.jpg": "two", "bad.jpg": "bad bytes", "c.jpg": "one" };
  before(() => writeFiles(join(folder(), "new"), pictures));

  it("judges a folder's pictures by their content, reports bad ones and goes on", async () => {
    const { rows, failed, classes } = await classifyPictures(await headOf(["one", "two"]), at(""), {
      model: fakeModel(),
    });
    assert.deepEqual(
      rows.map(({ picture, label }) => [picture.name, label]),
      [
        [at("a.jpg"), "one"],
        [at("c.jpg"), "one"],
        [at("deep/ü b.jpg"), "two"],
      ],
    );
    assert.deepEqual(
      failed.map(({ name, index }) => [name, index]),
      [[at("bad.jpg"), 1]],
    );
    for (const { probabilities, confidence, best } of rows) {
      assert.ok(Math.abs(probabilities.reduce((sum, p) => sum + p, 0) - 1) < 1e-6);
      assert.equal(confidence, Math.max(...probabilities));
      assert.equal(probabilities[classes.indexOf(best)], confidence);
    }
  });

  it("judges a store's pictures by its vectors as a folder's by reading them", async () => {
    const head = await headOf(["one", "two"]);
    const model = fakeModel();
    const store = await embedFolder(at(""), { model, store: join(folder(), "new.patchlab") });
    const shown = model.shown.length;
    const stored = await classifyPictures(head, store);
    const read = await classifyPictures(head, at(""), { model: fakeModel() });
    const facts = ({ rows }: typeof read) =>
      new Map(rows.map(({ picture, probabilities }) => [picture.name, probabilities]));
    assert.deepEqual(facts(stored), facts(read));
    assert.equal(model.shown.length, shown);
    assert.deepEqual(
      stored.failed.map(({ name }) => name),
      [at("bad.jpg")],
    );
    const some = await classifyPictures(head, store, { where: { folder: at("deep") } });
    assert.equal(some.rows.length, 1);
    await store.close();
  });

  it("gives no label below the confidence that is asked for, and keeps the best guess", async () => {
    const head = await headOf(["one", "two"]);
    const judged = (unsureBelow: number) => classifyPictures(head, [at("a.jpg")], { model: fakeModel(), unsureBelow });
    const [row] = (await judged(0)).rows;
    assert.equal(row.label, "one");
    assert.equal((await judged(row.confidence)).rows[0].label, "one");
    const [unsure] = (await judged(row.confidence + 1e-6)).rows;
    assert.deepEqual([unsure.label, unsure.best], [undefined, "one"]);
    await assert.rejects(judged(1.5), { name: "ArgumentError", argument: "unsureBelow" });
  });

  it("refuses a model and a store of another backbone, naming both with their fingerprints", async () => {
    const head = await headOf(["one", "two"]);
    const other = fakeModel({ name: "other" });
    const both = (error: Error) => {
      assert.ok(error instanceof ModelMismatchError);
      assert.match(error.message, /other \([0-9a-f]{8}\)/);
      assert.match(error.message, /fake \([0-9a-f]{8}\)/);
      return true;
    };
    await assert.rejects(classifyPictures(head, at(""), { model: other }), both);
    const store = await embedFolder(at(""), { model: other, store: join(folder(), "other.patchlab") });
    await assert.rejects(classifyPictures(head, store), both);
    await store.close();
  });

  it("says which model it lacks, and that imported vectors have none", async () => {
    const head = await headOf(["one", "two"]);
    await assert.rejects(classifyPictures(head, at("")), {
      ...{ name: "ModelMismatchError", argument: "model" },
      message: /fake \([0-9a-f]{8}\), cannot be loaded \(.*models\/fake.*\); give it by its name or folder/,
    });
    const { reading: _, ...imported } = head.space;
    const without = { ...head, space: imported };
    await assert.rejects(classifyPictures(without, at(""), { model: fakeModel() }), /imported without their model/);
    const nowhere = { classifier: head.classifier };
    await assert.rejects(classifyPictures(nowhere, at("")), { name: "ArgumentError", argument: "head" });
  });

  it("reports vectors that are NaN or zeros, each by its picture", async () => {
    const head = await headOf(["one", "two"]);
    const model = fakeModel();
    async function* stream(...args: Parameters<typeof model.stream>) {
      for await (const batch of fakeModel().stream(...args)) {
        batch.pictures.forEach(({ name }, i) => {
          if (name.endsWith("a.jpg")) batch.cls.data[i * dim + 3] = Number.NaN;
          if (name.endsWith("c.jpg")) batch.cls.data.fill(0, i * dim, (i + 1) * dim);
        });
        yield batch;
      }
    }
    const { rows, failed } = await classifyPictures(head, at(""), { model: { ...model, stream } });
    assert.deepEqual(
      rows.map(({ label }) => label),
      ["two"],
    );
    assert.deepEqual(
      failed.map(({ index, error }) => [index, error.message.split(": ")[1]]),
      [
        [1, "is no picture"],
        [0, "has NaN or an infinity in its vector"],
        [2, "has a vector of zeros"],
      ],
    );
  });

  it("stops when it is told to", async () => {
    const signal = AbortSignal.abort();
    const options = { model: fakeModel(), signal };
    await assert.rejects(classifyPictures(await headOf(["one", "two"]), at(""), options), { name: "AbortError" });
  });
});

describe("writePredictions", () => {
  const folder = temporaryFolder();

  it("writes a row a picture, failed ones too, that labels are read from again", async () => {
    writeFiles(join(folder(), "new"), { 'a, "b".jpg': "one", "c.jpg": "bad", "d.jpg": "two" });
    const classes = ["label", "=2+2"];
    const judged = await classifyPictures(await headOf(["one", "two"], classes), join(folder(), "new"), {
      ...{ model: fakeModel(), unsureBelow: 0.5 },
    });
    const path = join(folder(), "out.csv");
    const [first, ...others] = judged.rows;
    await writePredictions(path, { ...judged, rows: [{ ...first, label: undefined }, ...others] });
    const text = await readFile(path, "utf8");
    const [head, ...rows] = parseCsv(path, text);
    assert.deepEqual(head, ["path", "label", "confidence", "best", "problem", "class label", "'=2+2"]);
    assert.deepEqual(
      rows.map(([file, label, , best, problem]) => [file, label, best, problem !== ""]),
      [
        [join(folder(), "new", 'a, "b".jpg'), "unsure", "label", false],
        [join(folder(), "new", "d.jpg"), "'=2+2", "'=2+2", false],
        [join(folder(), "new", "c.jpg"), "", "", true],
      ],
    );
    for (const [, , confidence, , , ...probabilities] of rows.slice(0, 2)) {
      assert.ok(Math.abs(probabilities.reduce((sum, p) => sum + Number(p), 0) - 1) < 1e-5);
      assert.equal(Number(confidence), Math.max(...probabilities.map(Number)));
    }
    assert.deepEqual(
      parseLabelTable(path, text).rows.map(({ label }) => label),
      ["unsure", "=2+2", ""],
    );
  });

  it("gives every class a column of its own, whatever its name, and leaves numbers as they are", async () => {
    const classes = ["label", "class label", "class class label", "-1", "+x"];
    const path = join(folder(), "names.csv");
    await writePredictions(path, { classes, rows: [], failed: [], unsureBelow: 0, modelName: "none" });
    const [head] = parseCsv(path, await readFile(path, "utf8"));
    assert.equal(new Set(head).size, 10);
    assert.deepEqual(head.slice(6), ["class label", "class class label", "-1", "'+x"]);
  });

  it("names a file that cannot be written", async () => {
    const empty = { classes: ["a"], rows: [], failed: [], unsureBelow: 0, modelName: "none" };
    await writeFile(join(folder(), "file"), "");
    await assert.rejects(writePredictions(join(folder(), "file", "x.csv"), empty), { name: "FileError" });
  });
});
