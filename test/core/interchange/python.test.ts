/** What we write is read by the programs that the formats come from, and the other way round, where Python has them. */
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { readVectors } from "#dist/core/interchange/read-vectors.js";
import type { VectorTable } from "#dist/core/interchange/vector-table.js";
import { writeVectors } from "#dist/core/interchange/write-vectors.js";
import { temporaryFolder } from "../../support/temporary.js";
import { awkward, expected, expectedVectors } from "./tables.js";

const python = process.env.PATCHLAB_PYTHON ?? "python3";
const names = Array.from({ length: 50 }, (_, i) => awkward[i] ?? `folder/picture ${i}.jpg`);
const labels = names.map((_, i) => (i % 2 ? "shoe" : "dress, red"));
const table: VectorTable = { vectors: { data: expectedVectors, rows: 50, cols: 16 }, names, labels };

/** Runs a script with the arguments; what it prints is JSON. */
async function run(script: string, ...parameters: string[]) {
  const options = { env: { ...process.env, PYTHONUTF8: "1" }, maxBuffer: 2 ** 26 };
  return JSON.parse((await promisify(execFile)(python, ["-c", script, ...parameters], options)).stdout || "null");
}

/** A block whose tests are skipped, saying so, where Python has not all of these modules. */
function withPython(modules: string, tests: (path: (name: string) => string) => void): void {
  describe(`Python's ${modules}`, function () {
    this.timeout(120_000);
    const folder = temporaryFolder();
    before(function () {
      const { status } = spawnSync(python, ["-c", `import ${modules}`]);
      if (status === 0) return;
      console.warn(`      skipped: ${python} has not ${modules}: install them or set PATCHLAB_PYTHON`);
      this.skip();
    });
    tests((name) => join(folder(), name));
  });
}

withPython("faiss, numpy", (path) => {
  for (const [metric, kind] of [
    ["ip", "IndexFlatIP"],
    ["l2", "IndexFlatL2"],
  ] as const)
    it(`reads an ${kind} of ours and finds the same neighbours in it`, async () => {
      await writeVectors(path("x.faiss"), { vectors: table.vectors }, { metric });
      const search = `
import faiss, json, sys
index = faiss.read_index(sys.argv[1])
x = index.reconstruct_n(0, index.ntotal)
distances, rows = index.search(x[:5], 4)
print(json.dumps([type(index).__name__, index.d, x.tolist(), rows.tolist(), distances.tolist()]))`;
      const [type, d, x, rows, distances] = await run(search, path("x.faiss"));
      assert.deepEqual([type, d], [kind, 16]);
      assert.deepEqual(Float32Array.from(x.flat()), expectedVectors);
      assert.deepEqual(rows, expected.search_first_5_k4.indices);
      if (metric === "ip") assert.deepEqual(distances, expected.search_first_5_k4.distances);
    });

  it("writes indexes that we read, and refuse by name where they are not flat", async () => {
    const write = `
import faiss, numpy, sys
x = numpy.arange(4000, dtype="f4").reshape(500, 8)
for factory in ("Flat", "IVF4,Flat", "HNSW8", "PQ4x4", "SQ8", "IDMap,Flat"):
  index = faiss.index_factory(8, factory, faiss.METRIC_L2)
  index.train(x)
  index.add_with_ids(x, numpy.arange(500)) if "IDMap" in factory else index.add(x)
  faiss.write_index(index, sys.argv[1] + factory.replace(",", "") + ".index")`;
    await run(write, path("in"));
    const { vectors } = await readVectors(path("inFlat.index"));
    assert.deepEqual([vectors.rows, vectors.cols, vectors.data[3999]], [500, 8, 3999]);
    const refused = { IVF4Flat: /IVF/, HNSW8: /HNSW/, PQ4x4: /PQ/, SQ8: /scalar-quantised/, IDMapFlat: /with ids/ };
    for (const [name, message] of Object.entries(refused))
      await assert.rejects(readVectors(path(`in${name}.index`)), message);
  });
});

withPython("numpy, csv", (path) => {
  it("reads the numbers of ours, and the names and labels beside them", async () => {
    await writeVectors(path("x.npy"), table);
    const read = `
import csv, json, numpy, sys
x = numpy.load(sys.argv[1] + ".npy")
with open(sys.argv[1] + ".csv", newline="", encoding="utf-8") as f: rows = list(csv.reader(f))
print(json.dumps([str(x.dtype), x.flags.c_contiguous, x.tolist(), rows]))`;
    const [dtype, contiguous, x, rows] = await run(read, path("x"));
    assert.deepEqual([dtype, contiguous], ["float32", true]);
    assert.deepEqual(Float32Array.from(x.flat()), expectedVectors);
    assert.deepEqual(rows, [["name", "label"], ...names.map((name, i) => [name, labels[i]])]);
  });

  it("writes arrays of every kind that we read, and names with quotes and lines", async () => {
    const write = `
import csv, json, numpy, sys
x, names = json.load(open(sys.argv[1] + ".json", encoding="utf-8"))
for i, (dtype, order) in enumerate([("<f4", "C"), (">f4", "F"), ("<f8", "F"), (">f8", "C"), ("<f2", "F")]):
  numpy.save(sys.argv[1] + str(i) + ".npy", numpy.array(x, dtype=dtype, order=order))
  with open(sys.argv[1] + str(i) + ".csv", "w", newline="", encoding="utf-8-sig") as f:
    csv.writer(f).writerows([["name"], *[[n] for n in names]])`;
    const x = Array.from({ length: 50 }, (_, i) => [i, -1 - i / 8, 1024]);
    await writeFile(path("in.json"), JSON.stringify([x, names]));
    await run(write, path("in"));
    for (let i = 0; i < 5; i++) {
      const read = await readVectors(path(`in${i}.npy`));
      assert.deepEqual([...read.vectors.data], x.flat());
      assert.deepEqual(read.names, names);
    }
  });
});

withPython("h5py, numpy", (path) => {
  it("reads ours as it reads the layout that we took", async () => {
    await writeVectors(path("x.h5"), table);
    const read = `
import h5py, json, sys
with h5py.File(sys.argv[1]) as f:
  features, texts = f["image_features"], [f[n].asstr()[:].tolist() for n in ("image_filenames", "image_labels")]
  print(json.dumps([sorted(f), str(features.dtype), features[:].tolist(), *texts]))`;
    const [datasets, dtype, x, filenames, image_labels] = await run(read, path("x.h5"));
    assert.deepEqual([datasets, dtype], [["image_features", "image_filenames", "image_labels"], "float64"]);
    assert.deepEqual(Float32Array.from(x.flat()), expectedVectors);
    assert.deepEqual([filenames, image_labels], [names, labels]);
  });

  it("writes features of every size, order and packing that we read", async () => {
    const write = `
import h5py, numpy, sys
x = numpy.arange(12).reshape(4, 3)
for i, (dtype, more) in enumerate([("<f8", {}), (">f4", {}), ("<f2", {}), ("<f4", dict(chunks=(3, 2), compression="gzip", shuffle=True)), ("<i8", {})]):
  with h5py.File(sys.argv[1] + str(i) + ".h5", "w", libver="latest" if i % 2 else None) as f:
    f.create_dataset("image_features", data=x.astype(dtype), **more)
    f.create_dataset("image_filenames", data=numpy.array([b"a", b"b", b"c ", b"d"]) if i % 2 else numpy.array(["a", "b", "c ", "d"], dtype=object))
    f["image_labels"] = numpy.arange(4)`;
    await run(write, path("in"));
    for (let i = 0; i < 5; i++) {
      const read = await readVectors(path(`in${i}.h5`));
      assert.deepEqual(
        [...read.vectors.data],
        Array.from({ length: 12 }, (_, k) => k),
      );
      assert.deepEqual(
        [read.names, read.labels],
        [
          ["a", "b", "c ", "d"],
          ["0", "1", "2", "3"],
        ],
      );
    }
  });
});

withPython("pandas, pyarrow, numpy", (path) => {
  it("reads ours as texts and arrays of float32", async () => {
    await writeVectors(path("x.parquet"), table);
    const read = `
import json, numpy, pandas, sys
d = pandas.read_parquet(sys.argv[1])
x = numpy.stack(d["vector"].to_list())
print(json.dumps([list(d.columns), str(x.dtype), x.tolist(), d["name"].tolist(), d["label"].tolist()]))`;
    const [columns, dtype, x, name, label] = await run(read, path("x.parquet"));
    assert.deepEqual([columns, dtype], [["name", "label", "vector"], "float32"]);
    assert.deepEqual(Float32Array.from(x.flat()), expectedVectors);
    assert.deepEqual([name, label], [names, labels]);
  });

  it("writes tables of both page versions and several codecs that we read", async () => {
    const write = `
import numpy, pyarrow, pyarrow.parquet as parquet, sys
x = numpy.random.default_rng(0).normal(size=(3000, 16)).astype("f4")
names = [f"{i}.jpg" for i in range(3000)]
columns = {"path": names, "label": [str(i % 9) for i in range(3000)], "embedding": list(x)}
numpy.save(sys.argv[1] + ".npy", x)
for i, (version, codec, more) in enumerate([("1.0", "snappy", {}), ("2.0", "snappy", {}), ("1.0", "gzip", dict(use_dictionary=False)), ("2.0", "brotli", {}), ("1.0", "none", dict(row_group_size=700, data_page_size=4096))]):
  parquet.write_table(pyarrow.table(columns), sys.argv[1] + str(i) + ".parquet", data_page_version=version, compression=codec, **more)`;
    await run(write, path("in"));
    const { vectors } = await readVectors(path("in.npy"));
    for (let i = 0; i < 5; i++) {
      const read = await readVectors(path(`in${i}.parquet`));
      assert.deepEqual(read.vectors, vectors, `file ${i}`);
      assert.deepEqual([read.names?.[2999], read.labels?.[10]], ["2999.jpg", "1"]);
    }
  });
});
