import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "#dist/core/numeric/random.js";
import type { HnswOptions } from "#dist/core/retrieval/hnsw/hnsw.js";
import { hnswBytes } from "#dist/core/retrieval/index-memory.js";
import { temporaryFolder } from "../../../support/temporary.js";

import { clustered, hits, open, range, rowsOf, withSearcher } from "./sources.js";

describe("an index that is kept in a file", () => {
  const folder = temporaryFolder();
  const all = clustered(1600, 16);
  const first = range(0, 1200);
  const queries = rowsOf(all, range(1500, 1600));
  let count = 0;

  /** A path of its own, with an index of the first 1,200 rows. */
  async function built(options: Partial<HnswOptions> = {}): Promise<string> {
    const file = join(folder(), `index ${count++}`);
    await withSearcher(rowsOf(all, first), { file, ...options }, async ({ built, saved, problem }) =>
      assert.deepEqual([built, saved, problem], ["now", true, undefined]),
    );
    return file;
  }

  /** What opening the file with some rows comes to. */
  function reopened(
    file: string,
    rows: readonly number[] = first,
    options: Partial<HnswOptions> = {},
  ): Promise<string> {
    return withSearcher(rowsOf(all, rows), { file, ids: rows, ...options }, async ({ built, saved }) => {
      assert.ok(saved);
      return built;
    });
  }

  it("is opened as it was built, with its recall", async () => {
    const file = join(folder(), "as built");
    const find = (expected: string): Promise<unknown> =>
      withSearcher(rowsOf(all, first), { file, expansionSearch: 2 }, async (searcher) => {
        assert.equal(searcher.built, expected);
        return [searcher.recall, await searcher.find(queries, 10)];
      });
    assert.deepEqual(await find("now"), await find("from file"));
    assert.deepEqual(readdirSync(folder()), ["as built"]);
  });

  it("has about the size that its vectors and links are said to take", async () => {
    const wide = clustered(4000, 96);
    for (const connectivity of [4, 20, 32]) {
      const file = join(folder(), `wide ${connectivity}`);
      await withSearcher(wide, { file, connectivity }, async ({ bytes }) => {
        const expected = hnswBytes({ rows: 4000, dim: 96, connectivity });
        const { size } = statSync(file);
        assert.ok(Math.abs(size / expected - 1) < 0.02, `${size} of ${expected}`);
        assert.ok(bytes > size && bytes < size + 500_000, `${bytes} in memory of ${size}`);
      });
    }
  });

  it("is built anew for other vectors, or as another graph", async () => {
    for (const change of [{ identity: "other" }, { connectivity: 8 }, { expansionAdd: 50 }]) {
      const file = await built();
      assert.equal(await reopened(file, first, change), "now", JSON.stringify(change));
      assert.equal(await reopened(file, first, change), "from file", JSON.stringify(change));
    }
    const file = await built();
    const narrower = { ...rowsOf(all, range(0, 2400)), rows: 2400, cols: 8 };
    await withSearcher({ ...narrower, data: narrower.data.slice(0, 2400 * 8) }, { file }, async (searcher) =>
      assert.equal(searcher.built, "now"),
    );
    assert.equal(await reopened(file), "now");
  });

  it("is kept for a search that looks further, whose recall is measured", async () => {
    const file = await built({ expansionSearch: 1, connectivity: 4 });
    const recall = (expansionSearch: number): Promise<number> =>
      withSearcher(rowsOf(all, first), { file, expansionSearch, connectivity: 4 }, async (searcher) => {
        assert.equal(searcher.built, "from file");
        return searcher.recall.value;
      });
    assert.ok((await recall(1)) < (await recall(100)));
  });

  it("is added to by rows that are new, which are found from then on", async () => {
    const file = await built();
    const rows = range(0, 1500);
    for (const expected of ["extended", "from file"])
      await withSearcher(rowsOf(all, rows), { file }, async (searcher) => {
        assert.deepEqual([searcher.built, searcher.saved], [expected, true]);
        const found = await searcher.find(rowsOf(all, range(1200, 1500)), 1);
        assert.ok(found.rows.filter((row, q) => row === 1200 + q).length > 290);
      });
  });

  it("is built anew when more than half of the rows are new", async () => {
    const file = join(folder(), "small");
    await withSearcher(rowsOf(all, range(0, 700)), { file }, async () => {});
    assert.equal(await reopened(file, range(0, 1400)), "extended");
    await withSearcher(rowsOf(all, range(0, 600)), { file, identity: "again" }, async () => {});
    assert.equal(await reopened(file, range(0, 1400), { identity: "again" }), "now");
  });

  it("does not find what has gone, and as much of the rest as before", async () => {
    const file = await built();
    const left = first.filter((id) => id % 4 !== 1);
    await withSearcher(rowsOf(all, left), { file, ids: left }, async (searcher) => {
      assert.equal(searcher.built, "from file");
      const found = await searcher.find(queries, 10);
      for (let q = 0; q < queries.rows; q++) {
        assert.equal(new Set(hits(found, q)).size, 10);
        assert.ok(hits(found, q).every((row) => row < left.length));
      }
      const itself = await searcher.find(rowsOf(all, left), 1);
      assert.ok(itself.rows.filter((row, q) => row === q).length > 0.98 * left.length);
    });
    assert.equal(await reopened(file, first), "from file");
  });

  it("is built anew when more than a third of it has gone", async () => {
    const file = await built();
    assert.equal(await reopened(file, first.slice(0, 800)), "from file");
    assert.equal(await reopened(file, first.slice(0, 799)), "now");
    assert.equal(await reopened(file, first.slice(0, 799)), "from file");
  });

  it("takes in rows that had gone when it was built and are back", async () => {
    const file = join(folder(), "back");
    const without = first.filter((id) => id < 300 || id >= 400);
    await withSearcher(rowsOf(all, without), { file, ids: without }, async () => {});
    await withSearcher(rowsOf(all, first), { file }, async (searcher) => {
      assert.equal(searcher.built, "extended");
      const found = await searcher.find(rowsOf(all, range(300, 400)), 1);
      assert.ok(found.rows.filter((row, q) => row === 300 + q).length > 95);
    });
    assert.equal(await reopened(file), "from file");
  });

  it("is built anew after each of 40 changes, by a process that lives on", async () => {
    const file = await built();
    const random = seededRandom(0);
    const original = readFileSync(file);
    for (let i = 0; i < 40; i++) {
      const bytes = Buffer.from(original);
      if (i % 4 === 0) writeFileSync(file, bytes.subarray(0, Math.floor(random() * bytes.length)));
      else {
        const at = Math.floor(random() * bytes.length);
        bytes.fill(bytes[at] ^ (1 << Math.floor(random() * 8)), at, at + 1);
        writeFileSync(file, bytes);
      }
      assert.equal(await reopened(file), "now", `change ${i}`);
    }
    writeFileSync(file, "");
    assert.equal(await reopened(file), "now");
    rmSync(file);
    assert.equal(await reopened(file), "now");
  });

  it("is searched all the same where it cannot be written, and says why", async () => {
    const path = join(folder(), "in the way");
    mkdirSync(path);
    for (const file of [path, join(folder(), "missing", "index"), join(await built(), "index")])
      await withSearcher(rowsOf(all, first), { file }, async (searcher) => {
        assert.deepEqual([searcher.built, searcher.saved], ["now", false]);
        assert.ok(searcher.problem?.startsWith(`${file}: cannot be written`));
        assert.equal(hits(await searcher.find(queries, 10), 0).length, 10);
      });
    assert.deepEqual(readdirSync(path), []);
  });

  it("is searched by who has it open while others replace it", async () => {
    const file = await built({ identity: "one" });
    const reader = await open(rowsOf(all, first), { file, identity: "one" });
    assert.equal(reader.built, "from file");
    const before = await reader.find(queries, 10);
    await Promise.all(
      range(0, 3).map(() => withSearcher(rowsOf(all, range(0, 900)), { file, identity: "two" }, async () => {})),
    );
    assert.deepEqual(await reader.find(queries, 10), before);
    await reader.close();
    assert.ok(existsSync(file));
    assert.equal(await reopened(file, range(0, 900), { identity: "two" }), "from file");
  });
});
