import assert from "node:assert/strict";
import { join } from "node:path";
import { Faiss } from "#dist/bench/peers/faiss.js";
import { PeerAbsent } from "#dist/bench/peers/process.js";
import { differentHits } from "#dist/bench/search-lab.js";
import { normaliseRows } from "#dist/core/numeric/normalise.js";
import { exactSearcher } from "#dist/core/retrieval/exact-searcher.js";
import { normalMatrix } from "../support/samples.js";
import { temporaryFolder } from "../support/temporary.js";

describe("Faiss", () => {
  const folder = temporaryFolder();
  const base = normaliseRows(normalMatrix(300, 8, 1, { deviation: () => 1 }));
  const queries = normaliseRows(normalMatrix(5, 8, 2, { deviation: () => 1 }));

  it("finds what we find, in one call or several, where PATCHLAB_PYTHON names a Python that has it", async function () {
    if (!process.env.PATCHLAB_PYTHON) return this.skip();
    const faiss = await Faiss.open(folder(), base, queries).catch((error) => {
      if (error instanceof PeerAbsent) this.skip();
      throw error;
    });
    const searcher = await exactSearcher(base);
    const { rows } = await searcher.find(queries, 10);
    await faiss.build({ kind: "flat" }, 1);
    await faiss.build({ kind: "hnsw", m: 16, efConstruction: 100 }, 1);
    for (const kind of ["flat", "hnsw"] as const)
      for (const oneByOne of [true, false]) {
        const search = { kind, k: 10, threads: 1, oneByOne, efSearch: 300 };
        assert.deepEqual(await faiss.rows(search, 5), rows);
        assert.deepEqual(await faiss.rows(search, 2), rows.slice(0, 20));
        assert.ok((await faiss.time(search, 5)) > 0);
      }
    assert.deepEqual(Object.keys(faiss.versions), ["python", "faiss"]);
    await faiss.close();
    await searcher.close();
  });

  it("says what to install where it is not", async () => {
    const before = process.env.PATCHLAB_PYTHON;
    process.env.PATCHLAB_PYTHON = join(folder(), "python");
    try {
      await assert.rejects(
        Faiss.open(folder(), base, queries),
        (e: Error) => e instanceof PeerAbsent && /pip install faiss-cpu, or name the Python/.test(e.message),
      );
    } finally {
      if (before === undefined) delete process.env.PATCHLAB_PYTHON;
      else process.env.PATCHLAB_PYTHON = before;
    }
  });
});

describe("differentHits(a, b, width)", () => {
  it("is the share of the hits of b that a has not for the same query, in whichever order", () => {
    const a = Int32Array.of(1, 2, 3, 4);
    assert.equal(differentHits(a, Int32Array.of(2, 1, 4, 3), 2), 0);
    assert.equal(differentHits(a, Int32Array.of(1, 3, 3, -1), 2), 0.5);
    assert.equal(differentHits(a, Int32Array.of(3, 4, 1, 2), 2), 1);
  });
});
