/** The commands around a store, as a newcomer types them. */
import assert from "node:assert/strict";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commandLine } from "../support/command-line.js";
import { picture } from "../support/pictures.js";
import { temporaryFolder } from "../support/temporary.js";

describe("the commands around a store", () => {
  const folder = temporaryFolder();
  const patchlab = commandLine(folder);
  const at = (...parts: string[]) => join(folder(), "my pictures", ...parts);
  const asJson = async (...args: string[]) => JSON.parse((await patchlab.run(...args, "--json")).stdout);

  before(async () => {
    for (const kind of ["hat", "shoes", "dress"]) {
      await mkdir(at(kind), { recursive: true });
      for (const i of [1, 2, 3])
        await cp(picture(`clothing/${kind}/${kind}-0${i}`), at(kind, `${kind} ${i}.jpg`), { preserveTimestamps: true });
    }
    await writeFile(at("hat", "broken.jpg"), "no picture");
  });

  it("embed makes a store named for the folder, reports bad files, and does nothing the second time", async () => {
    const first = await asJson("embed", "my pictures");
    assert.equal(first.store, join(folder(), "my pictures.patchlab"));
    assert.deepEqual([first.added, first.unchanged, first.failed.length], [9, 0, 1]);
    assert.match(first.failed[0].problem, /broken\.jpg: expected a JPEG/);
    const { stdout, stderr } = await patchlab.run("embed", "my pictures");
    assert.match(stdout, /left out: .*broken\.jpg/);
    assert.match(stdout, /my pictures\.patchlab holds 9 pictures: 9 as before, 1 failed/);
    assert.match(stdout, /npx patchlab search 'my pictures\.patchlab' IMAGE/);
    assert.match(stderr, /✓ Embedding/);
  });

  it("info says what is in it, in words and as JSON", async () => {
    const { stdout } = await patchlab.run("info", "my pictures.patchlab");
    assert.match(stdout, /9 pictures, 1 could not be read, 0 gone/);
    assert.match(
      stdout,
      /model {3}efficientnet-lite0 \([0-9a-f]{8}\) {2}9 vectors of 1280 numbers, at 224 x 224 pixels/,
    );
    const info = await asJson("info", "my pictures.patchlab");
    assert.deepEqual([info.pictures.here, info.spaces[0].vectors, info.folders.length], [9, 9, 1]);
  });

  it("search prints bare paths, best first, without the picture itself, as the index of the library finds them", async () => {
    const { stdout } = await patchlab.run("search", "my pictures.patchlab", at("hat", "hat 1.jpg"), "-k", "3");
    const paths = stdout.trim().split("\n");
    assert.equal(paths.length, 3);
    const { queries, index } = await asJson("search", "my pictures.patchlab", at("hat", "hat 1.jpg"), "-k", "3");
    assert.deepEqual(
      queries[0].hits.map((hit: { path: string }) => hit.path),
      paths,
    );
    assert.deepEqual(index, { kind: "exact" });
    assert.ok(!paths.includes(at("hat", "hat 1.jpg")));
    const { similarity, percentile } = queries[0].hits[0];
    assert.ok(similarity > -1 && similarity < 1 && percentile > 0 && percentile <= 100);
  });

  it("search reads a picture that is not in the store with the model that made it, and draws a page", async () => {
    const copy = join(folder(), "copy.jpg");
    await cp(picture("clothing/shoes/shoes-02"), copy);
    const found = await asJson("search", "my pictures.patchlab", copy, "-k", "2", "--explain", "--out", "found.html");
    assert.equal(found.queries[0].hits[0].path, at("shoes", "shoes 2.jpg"));
    assert.ok(found.queries[0].hits[0].similarity > 0.9999);
    const html = await readFile(found.page, "utf8");
    assert.match(html, /shoes 2\.jpg/);
    assert.doesNotMatch(html, /(src|href)="https?:/);
  });

  it("search keeps to folders, labels, sizes and dates, looks away from pictures and for a part of one", async () => {
    const search = async (...args: string[]) => {
      const { stdout } = await patchlab.run("search", "my pictures.patchlab", at("hat", "hat 1.jpg"), ...args);
      return stdout.trim().split("\n").filter(Boolean);
    };
    const all = (paths: string[], kind: string) => paths.length > 0 && paths.every((path) => path.startsWith(at(kind)));
    assert.ok(all(await search("--label", "shoes"), "shoes"));
    assert.equal((await search("--label", "shoes", "--label", "dress")).length, 6);
    assert.ok(all(await search("--folder", at("dress")), "dress"));
    assert.deepEqual(await search("--min-side", "100000"), []);
    assert.deepEqual(await search("--since", "2999-01-01"), []);
    const none = await patchlab.run("search", "my pictures.patchlab", at("hat", "hat 1.jpg"), "--label", "none");
    assert.deepEqual([none.stdout, /No other picture/.test(none.stderr)], ["", true]);
    assert.equal((await search("--before", "2999-01-01")).length, 8);
    const away = await search("--not", at("hat", "hat 2.jpg"), "-k", "20");
    assert.equal(away.length, 7);
    assert.equal((await search("--region", "100,100,150,150", "-k", "2")).length, 2);
  });

  it("search by a graph finds the same here, keeps it beside the store, and says that it may miss some", async () => {
    const arguments_ = ["search", "my pictures.patchlab", "--index", "hnsw", "-k", "8", at("hat", "hat 1.jpg")];
    const { stdout, stderr } = await patchlab.run(...arguments_);
    const exact = await patchlab.run("search", "my pictures.patchlab", "-k", "8", at("hat", "hat 1.jpg"));
    assert.equal(stdout, exact.stdout);
    assert.match(stderr, /A graph answered, which finds 100 % of the 10 nearest: --index exact finds all/);
    assert.ok((await readdir(folder())).some((name) => /^my pictures\.patchlab\.[0-9a-f]{8}\.hnsw$/.test(name)));
  });

  it("export and import carry vectors, names and labels through every format", async () => {
    const query = ["-k", "8", "--space"];
    const before = await asJson("search", "my pictures.patchlab", at("shoes", "shoes 1.jpg"), "-k", "8");
    for (const extension of ["faiss", "npy", "h5", "parquet"]) {
      const file = `vectors.${extension}`;
      const { files } = await asJson("export", "my pictures.patchlab", file);
      assert.equal(files[0], join(folder(), file));
      const into = `from ${extension}.patchlab`;
      const made = await asJson(
        "import",
        file,
        "--store",
        into,
        "--root",
        "my pictures",
        "--model",
        "efficientnet-lite0",
      );
      assert.equal(made.imported, 9);
      const found = await asJson("search", into, at("shoes", "shoes 1.jpg"), ...query, "efficientnet-lite0");
      const hits = (result: typeof before) =>
        result.queries[0].hits.map((hit: { path: string; label: string }) => `${hit.label}: ${hit.path}`);
      // the file is not known by its time, so the picture is read and finds itself first
      assert.deepEqual(hits(found).slice(1), hits(before).slice(0, 7), extension);
    }
  });

  it("fails with a sentence for a store that is none, a query of another model and wrong use", async () => {
    await writeFile(join(folder(), "none.patchlab"), "text");
    await patchlab.fails(1, /none\.patchlab: is not a feature store/, "search", "none.patchlab", "a.jpg");
    await patchlab.fails(1, /absent\.patchlab: no such store/, "info", "absent.patchlab");
    await patchlab.fails(1, /absent\.jpg: no such file/, "search", "my pictures.patchlab", "absent.jpg");
    await patchlab.fails(1, /tells no format.*\.faiss/, "export", "my pictures.patchlab", "vectors.bin");
    await patchlab.fails(1, /nowhere: no such folder/, "embed", "nowhere");
    await patchlab.fails(2, /whole number/, "search", "my pictures.patchlab", "a.jpg", "-k", "0");
    await patchlab.fails(2, /date such as/, "search", "my pictures.patchlab", "a.jpg", "--since", "yesterday");
    await patchlab.fails(2, /date such as/, "search", "my pictures.patchlab", "a.jpg", "--since", "2026-02-31");
    await patchlab.fails(2, /in pixels, such as/, "search", "my pictures.patchlab", "a.jpg", "--region", ",,5,5");
    await patchlab.fails(1, /no vectors of such/, "export", "my pictures.patchlab", "v.npy", "--label", "none");
    await patchlab.fails(2, /--store/, "import", "vectors.npy");
    await patchlab.fails(2, /name of a picture/, "embed", "my pictures", "--store", "a.jpg");
    const other = ["--model", "efficientnet-lite0", "--space", "dinov2-small"];
    await patchlab.fails(
      1,
      /"dinov2-small", which is none of those/,
      "search",
      "my pictures.patchlab",
      "a.jpg",
      ...other,
    );
  });

  it("embed follows moves and marks what is gone, and search finds neither twice nor at all", async () => {
    await cp(at("hat", "hat 3.jpg"), at("dress", "moved.jpg"), { preserveTimestamps: true });
    await rm(at("hat", "hat 3.jpg"));
    await rm(at("shoes", "shoes 3.jpg"));
    const report = await asJson("embed", "my pictures");
    assert.deepEqual([report.renamed, report.gone, report.added, report.unchanged], [1, 1, 0, 7]);
    const { stdout } = await patchlab.run("search", "my pictures.patchlab", at("dress", "dress 1.jpg"), "-k", "20");
    const paths = stdout.trim().split("\n");
    assert.equal(paths.length, 7);
    assert.ok(paths.includes(at("dress", "moved.jpg")) && !paths.includes(at("shoes", "shoes 3.jpg")));
  });
});
