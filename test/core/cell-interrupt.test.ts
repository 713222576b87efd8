/** Every job of the package that can be stopped ends with the notebook cell that it began in. */
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import sharp from "sharp";
import type { Model } from "#dist/core/model/model.js";
import {
  embedFolder,
  evaluateRetrieval,
  exactIndex,
  exportVectors,
  type FeatureStore,
  hnswIndex,
  importVectors,
  loadModel,
  matchPatches,
  matchRegion,
  neighbours,
  openStore,
  type Patches,
  type Pca,
  patchMap,
  pca,
  preprocess,
  projectPca,
  pullModel,
  type RawImage,
  readFaiss,
  readVectors,
  resize,
  type SearchIndex,
  trustworthiness,
  umap,
  writeVectors,
} from "#dist/index.js";
import { type FakeNotebook, fakeNotebook } from "../support/fake-comms.js";
import { fixture } from "../support/fixtures.js";
import { normalMatrix } from "../support/samples.js";
import { fakeModel, writeFiles } from "../support/stores.js";
import { temporaryFolder } from "../support/temporary.js";

type Job = (signal?: AbortSignal) => Promise<unknown>;

const x = normalMatrix(60, 8, 0);
const labels = Array.from({ length: x.rows }, (_, i) => i % 3);
const plain: RawImage = { data: new Uint8Array(32 * 32 * 3).fill(90), width: 32, height: 32 };
const given = (signal?: AbortSignal): { signal?: AbortSignal } => (signal ? { signal } : {});

describe("a cell that is interrupted", () => {
  const folder = temporaryFolder();
  const files = { pictures: "", store: "", faiss: "", out: "" };
  let notebook: FakeNotebook;
  let cell: AbortController;
  let model: Model;
  let patches: Patches[];
  let index: SearchIndex;
  let store: FeatureStore;
  let basis: Pca;
  before(async () => {
    files.pictures = join(folder(), "pictures");
    writeFiles(files.pictures, {
      "a.png": await sharp(plain.data, { raw: { ...plain, channels: 3 } })
        .png()
        .toBuffer(),
    });
    Object.assign(files, {
      store: join(folder(), "s.patchlab"),
      faiss: join(folder(), "v.faiss"),
      out: join(folder(), "out.npy"),
    });
    model = await loadModel(fixture("models/dinov2"), { threads: 1 });
    patches = [0, 1].map((seed): Patches => {
      const { data } = normalMatrix(64, 8, seed);
      const picture = {
        name: "p",
        source: "p",
        width: 80,
        height: 80,
        view: { left: 0, top: 0, width: 80, height: 80 },
      };
      return { data, rows: 8, cols: 8, dim: 8, picture };
    });
    index = await exactIndex(x);
    basis = await pca(x);
    await (await embedFolder(files.pictures, { model: fakeModel(), store: files.store })).close();
    store = await openStore(files.store);
    await writeVectors(files.faiss, { vectors: x });
  });
  after(async () => {
    await Promise.all([model.close(), index.close(), store.close()]);
  });
  beforeEach(() => {
    notebook = fakeNotebook();
    cell = new AbortController();
    notebook.execution = { replaced: false, signal: cell.signal };
  });
  afterEach(() => notebook.remove());

  const jobs: Record<string, Job> = {
    "model.forward": (signal) =>
      model.forward({ data: new Float32Array(3 * 28 * 28), dims: [1, 3, 28, 28] }, given(signal)),
    "model.extract": (signal) => model.extract([plain], { size: 28, ...given(signal) }),
    "model.stream": async (signal) => {
      for await (const _ of model.stream([plain], { size: 28, ...given(signal) }));
    },
    preprocess: (signal) => preprocess([plain], model.transform, given(signal)),
    resize: (signal) => resize(plain, { width: 20, height: 20 }, given(signal)),
    "embedFolder into memory": (signal) => embedFolder(files.pictures, { model, size: 28, ...given(signal) }),
    "embedFolder into a store": (signal) =>
      embedFolder(files.pictures, { model: fakeModel(), store: files.store, ...given(signal) }),
    pca: (signal) => pca(x, given(signal)),
    projectPca: (signal) => projectPca(basis, x, given(signal)),
    neighbours: (signal) => neighbours(x, { k: 3, metric: "euclidean", ...given(signal) }),
    umap: (signal) => umap(x, { neighbours: 5, epochs: 10, ...given(signal) }),
    trustworthiness: (signal) => trustworthiness(x, normalMatrix(60, 2, 1), { k: 4, ...given(signal) }),
    patchMap: (signal) => patchMap(patches, given(signal)),
    matchPatches: (signal) => matchPatches(patches[0], patches[1], given(signal)),
    matchRegion: (signal) =>
      matchRegion(patches[0], { left: 0, top: 0, width: 40, height: 40 }, patches[1], given(signal)),
    exactIndex: async () => (await exactIndex(x)).close(),
    hnswIndex: async (signal) => (await hnswIndex(x, given(signal))).close(),
    "index.search": (signal) => index.search({ row: 1 }, { k: 3, ...given(signal) }),
    evaluateRetrieval: (signal) => evaluateRetrieval(x, labels, given(signal)),
    "store.embeddings": (signal) => store.embeddings(given(signal)),
    "store.index": async (signal) => (await store.index(given(signal))).close(),
    exportVectors: (signal) => exportVectors(store, files.out, { format: "npy", ...given(signal) }),
    importVectors: async (signal) =>
      (await importVectors(files.faiss, { store: join(folder(), "imported.patchlab"), ...given(signal) })).close(),
    readVectors: (signal) => readVectors(files.faiss, given(signal)),
    readFaiss: (signal) => readFaiss(files.faiss, signal),
  };
  const reason = new Error("the cell was interrupted");

  for (const [name, job] of Object.entries(jobs)) {
    it(`ends ${name}, which then waits for no signal`, async () => {
      await job();
      assert.equal(getEventListeners(cell.signal, "abort").length, 0);
      cell.abort(reason);
      await assert.rejects(job(), (error) => error === reason);
      await assert.rejects(job(new AbortController().signal), (error) => error === reason);
    });
  }

  it("ends a download before it asks the network", async () => {
    cell.abort(reason);
    const variables = { HF_HOME: folder(), HF_ENDPOINT: "http://127.0.0.1:9" };
    const before = { ...process.env };
    Object.assign(process.env, variables);
    try {
      await assert.rejects(pullModel("facebook/dinov2-small", { retryDelay: 1 }), (error) => error === reason);
    } finally {
      for (const name of Object.keys(variables)) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    }
  });

  it("ends a run over many pictures at the next batch, and the model goes on working", async () => {
    let taken = 0;
    function* pictures(): Generator<RawImage> {
      for (; taken < 500; taken++) yield plain;
    }
    const stream = model.stream(pictures(), { size: 28, batchSize: 1 });
    await assert.rejects(
      async () => {
        for await (const _ of stream) if (taken > 4) cell.abort(reason);
      },
      (error) => error === reason,
    );
    assert.ok(taken < 20, `${taken} pictures were taken`);
    notebook.execution = { replaced: false, signal: new AbortController().signal };
    assert.equal((await model.extract([plain], { size: 28 })).cls.rows, 1);
  });

  it("ends a map's long layout while it runs", async () => {
    const job = umap(normalMatrix(400, 16, 2), { epochs: 200_000 });
    void setTimeout(100).then(() => cell.abort(reason));
    await assert.rejects(job, (error) => error === reason);
    assert.equal(getEventListeners(cell.signal, "abort").length, 0);
  });

  it("does not end what an earlier cell has begun", async () => {
    const job = umap(x, { neighbours: 5, epochs: 50 });
    const next = new AbortController();
    notebook.execution = { replaced: false, signal: next.signal };
    next.abort(reason);
    assert.equal((await job).points.rows, x.rows);
  });
});
