/** Files that change their places: the vector goes with the content, whatever becomes of the names. */
import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { embedFolder } from "#dist/core/collection/embed-folder.js";
import { fakeModel, foundIn, vectorOf, writeFiles } from "../../support/stores.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("embedFolder after files were moved", () => {
  const folder = temporaryFolder();
  const model = fakeModel();
  let count = 0;
  let root: string;
  beforeEach(() => newRoot());

  function newRoot(): void {
    root = join(folder(), `move ${count++}`, "pictures");
    mkdirSync(root, { recursive: true });
  }

  const move = (from: string, to: string) => {
    mkdirSync(join(root, to, ".."), { recursive: true });
    renameSync(join(root, from), join(root, to));
  };

  async function run() {
    model.shown.length = 0;
    const store = await embedFolder(root, { model, store: join(root, "..", "s.patchlab") });
    const { images, labels, pictures } = await store.embeddings();
    const ids = Object.fromEntries(pictures.map(({ name }, i) => [name.slice(root.length + 1), images[i]]));
    const found = await foundIn(store, root);
    await store.close();
    return { report: store.report, found, ids, labels, shown: [...model.shown] };
  }

  it("follows a rename and a move to another folder, with the image's id and the new folder's label", async () => {
    writeFiles(root, { "a.jpg": "A", "cats/b.jpg": "B" });
    const before = await run();
    move("a.jpg", "z.jpg");
    move("cats/b.jpg", "dogs/deep/b.jpg");
    const { report, found, ids, labels, shown } = await run();
    assert.deepEqual([report.renamed, report.added, report.gone, shown], [2, 0, 0, []]);
    assert.deepEqual(ids, { "z.jpg": before.ids["a.jpg"], "dogs/deep/b.jpg": before.ids["cats/b.jpg"] });
    assert.deepEqual(labels, ["pictures", "deep"]);
    assert.deepEqual(found.get("z.jpg"), vectorOf("A"));
    assert.deepEqual((await run()).report.unchanged, 2);
  });

  it("gives two files that exchanged their names each its own vector, without the model", async () => {
    writeFiles(root, { "a.jpg": "A", "b.jpg": "longer" });
    const before = await run();
    move("a.jpg", "c.jpg");
    move("b.jpg", "a.jpg");
    move("c.jpg", "b.jpg");
    const { found, ids, shown } = await run();
    assert.deepEqual([found.get("a.jpg"), found.get("b.jpg"), shown], [vectorOf("longer"), vectorOf("A"), []]);
    assert.deepEqual(ids, { "a.jpg": before.ids["b.jpg"], "b.jpg": before.ids["a.jpg"] });
  });

  it("shows the model no picture when all numbers in the names go up by one", async () => {
    const name = (i: number) => `${String(i).padStart(3, "0")}.jpg`;
    writeFiles(root, Object.fromEntries(Array.from({ length: 300 }, (_, i) => [name(i), `picture ${i}`])));
    await run();
    for (let i = 299; i >= 0; i--) move(name(i), name(i + 1));
    // so that every file is looked at
    for (let i = 1; i <= 300; i++) writeFiles(root, { [name(i)]: `picture ${i - 1}` }, 2e9);
    const { found, shown, report } = await run();
    assert.deepEqual([shown.length, report.renamed, report.gone], [0, 300, 0]);
    for (let i = 1; i <= 300; i++) assert.deepEqual(found.get(name(i)), vectorOf(`picture ${i - 1}`), name(i));
  });

  it("knows the content of a file that was put in another's place", async () => {
    writeFiles(root, { "a.jpg": "A", "b.jpg": "longer" });
    await run();
    move("a.jpg", "b.jpg");
    const { found, shown } = await run();
    assert.deepEqual([[...found], shown], [[["b.jpg", vectorOf("A")]], []]);
  });

  it("knows the old content of a file that has a new one, at another place", async () => {
    writeFiles(root, { "b.jpg": "B" });
    await run();
    copyFileSync(join(root, "b.jpg"), join(root, "a.jpg"));
    writeFiles(root, { "b.jpg": "longer" });
    const { found, shown } = await run();
    assert.deepEqual([found.get("a.jpg"), found.get("b.jpg")], [vectorOf("B"), vectorOf("longer")]);
    assert.deepEqual(shown, [join(root, "b.jpg")]);
  });

  it("follows a picture into another embedded folder of the store", async () => {
    const other = join(root, "..", "other");
    writeFiles(root, { "a.jpg": "A", "b.jpg": "B" });
    writeFiles(other, { "c.jpg": "C" });
    const store = join(root, "..", "s.patchlab");
    await run();
    await (await embedFolder(other, { model, store })).close();
    renameSync(join(root, "a.jpg"), join(other, "a.jpg"));
    await run();
    model.shown.length = 0;
    const opened = await embedFolder(other, { model, store });
    assert.deepEqual([opened.report.renamed, model.shown], [1, []]);
    assert.deepEqual(
      opened.info().folders.map(({ pictures }) => pictures),
      [1, 2],
    );
    await opened.close();
  });

  type Change = { kind: "write" | "move" | "copy" | "delete" | "exchange"; a: string; b: string; content: string };
  const name = fc.constantFrom("a.jpg", "b.jpg", "c/d.jpg", "e/f.jpg");
  const change = fc.record<Change>({
    kind: fc.constantFrom("write", "move", "copy", "delete", "exchange"),
    ...{ a: name, b: name, content: fc.constantFrom("A", "B", "C", "D", "bad") },
  });

  function apply({ kind, a, b, content }: Change, files: Map<string, string>): void {
    const [before, other] = [files.get(a), files.get(b)];
    if (kind === "write") files.set(a, content);
    else if (before === undefined) return;
    else if (kind === "delete") files.delete(a);
    else if (kind === "copy") files.set(b, before);
    else if (a !== b) {
      files.set(b, before);
      if (kind === "exchange" && other !== undefined) files.set(a, other);
      else files.delete(a);
    }
  }

  it("finds just the pictures that are there, each with its own vector, after any changes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(change, { maxLength: 4 }), { minLength: 1, maxLength: 4 }), async (rounds) => {
        newRoot();
        const files = new Map([["keep.jpg", "K"]]);
        for (const [i, changes] of rounds.entries()) {
          const before = new Map(files);
          for (const one of changes) apply(one, files);
          for (const path of before.keys()) if (!files.has(path)) rmSync(join(root, path));
          for (const [path, content] of files)
            if (before.get(path) !== content || !existsSync(join(root, path)))
              writeFiles(root, { [path]: content }, 1e9 + i);
          const { found, report } = await run();
          const readable = [...files].filter(([, content]) => content !== "bad");
          const sorted = (entries: Iterable<[string, Float32Array]>) =>
            [...entries].sort(([p], [q]) => (p < q ? -1 : 1));
          assert.deepEqual(sorted(found), sorted(readable.map(([path, content]) => [path, vectorOf(content)])));
          assert.deepEqual(report.failed.length, files.size - readable.length);
        }
      }),
      { numRuns: 60 },
    );
  });
});
