import assert from "node:assert/strict";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { embedFolder } from "#dist/core/collection/embed-folder.js";
import { ArgumentError, FileError, ImageError } from "#dist/core/errors.js";
import { loadModel } from "#dist/core/model/load.js";
import type { Model } from "#dist/core/model/model.js";
import { exactIndex } from "#dist/core/retrieval/exact.js";
import { picture } from "../../support/pictures.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("embedFolder", () => {
  const folder = temporaryFolder();
  let model: Model;
  before(async () => {
    model = await loadModel("efficientnet-lite0");
  });
  after(() => model.close());

  it("gives a row and the folder's name for every picture, reports bad files and goes on", async () => {
    const root = join(folder(), "my pictures ü");
    await mkdir(join(root, "hüte"), { recursive: true });
    await cp(picture("clothing/hat/hat-01"), join(root, "hüte", "a b.jpg"));
    await cp(picture("clothing/shoes/shoes-01"), join(root, "shoe.jpg"));
    await writeFile(join(root, "empty.png"), "");
    const whole = await readFile(picture("clothing/hat/hat-02"));
    await writeFile(join(root, "cut.jpg"), whole.subarray(0, whole.length / 2));
    const { vectors, pictures, labels, failed, modelName } = await embedFolder(root, { model });
    assert.deepEqual([vectors.rows, vectors.cols, modelName], [2, 1280, "efficientnet-lite0"]);
    const labelled = pictures.map((p, i) => `${labels[i]}: ${basename(p.name)}`).sort();
    assert.deepEqual(labelled, ["hüte: a b.jpg", "my pictures ü: shoe.jpg"].sort());
    assert.deepEqual(failed.map((f) => basename(f.name)).sort(), ["cut.jpg", "empty.png"]);
    for (const { error, name } of failed) assert.ok(error instanceof FileError && error.message.includes(name));
  });

  it("says how the pictures were read, so that an index reads a query the same way", async () => {
    const root = join(folder(), "two");
    await mkdir(root);
    for (const name of ["hat-01", "hat-02"]) await cp(picture(`clothing/hat/${name}`), join(root, `${name}.jpg`));
    const embeddings = await embedFolder(root, { model, size: 160, fit: "squash" });
    assert.deepEqual([embeddings.size, embeddings.fit], [[160, 160], "squash"]);
    const index = await exactIndex(embeddings.vectors, { ...embeddings, model });
    const { queries, inputSize } = await index.search(join(root, "hat-02.jpg"), { k: 1 });
    assert.deepEqual([queries[0].hits[0].row, inputSize], [1, [160, 160]]);
    assert.ok(queries[0].hits[0].similarity > 0.99999);
    await index.close();
  });

  it("throws the file's error when no picture can be read", async () => {
    const root = join(folder(), "bad");
    await mkdir(root);
    await writeFile(join(root, "text.jpg"), "text");
    await assert.rejects(embedFolder(root, { model }), ImageError);
  });

  it("refuses a missing folder, one without pictures, and a missing model", async () => {
    await assert.rejects(embedFolder(join(folder(), "nowhere"), { model }), FileError);
    await mkdir(join(folder(), "none"));
    await assert.rejects(embedFolder(join(folder(), "none"), { model }), FileError);
    await assert.rejects(embedFolder(folder(), {} as never), ArgumentError);
  });
});
