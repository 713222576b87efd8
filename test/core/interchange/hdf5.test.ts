import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ArgumentError } from "#dist/core/errors.js";
import { tableOf } from "#dist/core/interchange/hdf5.js";
import { Hdf5Thread } from "#dist/core/interchange/hdf5-thread.js";
import { readVectors } from "#dist/core/interchange/read-vectors.js";
import { writeVectors } from "#dist/core/interchange/write-vectors.js";
import { fixture } from "../../support/fixtures.js";
import { withVariables } from "../../support/hub-server.js";
import { temporaryFolder } from "../../support/temporary.js";
import { damaged, survivesDamage } from "./damage.js";
import { expected, expectedVectors, formatError, plainTable } from "./tables.js";

describe("HDF5 files", function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  const path = () => join(folder(), "x.h5");

  /** Writes a file as other programs would. */
  const write = async (fill: (file: { create_dataset(what: object): unknown }) => void) => {
    const { default: h5wasm } = await import("h5wasm");
    const { FS } = await h5wasm.ready;
    const file = new h5wasm.File("made.h5", "w");
    fill(file as never);
    file.close();
    await writeFile(path(), (FS as unknown as { readFile(name: string): Uint8Array }).readFile("made.h5"));
    return path();
  };

  it("of the layout in the fixture are written so that its values come back", async () => {
    const vectors = { data: expectedVectors, rows: 50, cols: 16 };
    await writeVectors(path(), { vectors, names: expected.names });
    assert.deepEqual(await readVectors(path()), await readVectors(fixture("files/image_features.h5")));
  });

  it("larger than what is read and written at once keep every row in its place", async () => {
    const { vectors } = plainTable(70_000, 32);
    const table = { vectors, names: Array.from({ length: 70_000 }, (_, i) => `${i}`) };
    await writeVectors(path(), table);
    assert.deepEqual(await readVectors(path()), table);
  });

  it("with float32 or whole numbers, packed, and texts of fixed length or numbers as labels are read", async () => {
    const data = [1, 2, 3, 4, 250, 6];
    const labels = { name: "image_labels", data: Int32Array.of(3, -1) };
    for (const dtype of ["<f", "<d", "<i", "<h", "<B", "<Q"]) {
      const file = await write((made) => {
        made.create_dataset({ name: "image_features", data, shape: [2, 3], dtype, chunks: [1, 3], compression: 5 });
        made.create_dataset({ name: "image_filenames", data: ["ä.jpg", "b"], dtype: "S8" });
        made.create_dataset(labels);
      });
      const read = await readVectors(file);
      assert.deepEqual([...read.vectors.data], data, dtype);
      assert.deepEqual(
        [read.names, read.labels],
        [
          ["ä.jpg", "b"],
          ["3", "-1"],
        ],
      );
    }
  });

  it("without the dataset, of other dimensions or kinds are refused", async () => {
    const refused = async (dataset: object, message: RegExp) => {
      const file = await write((made) => made.create_dataset(dataset));
      await assert.rejects(readVectors(file), formatError(file, message));
    };
    await refused({ name: "other", data: [1] }, /no dataset "image_features", but \["other"\]/);
    await refused({ name: "image_features", data: [1, 2] }, /1 dimensions where 2/);
    await refused({ name: "image_features", data: ["a", "b"], shape: [1, 2] }, /holds no numbers/);
    await refused({ name: "image_features", data: [1, NaN, 3, 4], shape: [2, 2] }, /NaN.*row 0:/);
  });

  it("with numbers as labels are read however many there are", async () => {
    const rows = 300_000;
    const file = await write((made) => {
      made.create_dataset({ name: "image_features", data: new Float32Array(rows).fill(1), shape: [rows, 1] });
      made.create_dataset({ name: "image_labels", data: Int32Array.from({ length: rows }, (_, i) => i) });
    });
    assert.equal((await readVectors(file)).labels?.[rows - 1], `${rows - 1}`);
  });

  it("with not one name a row are refused", async () => {
    const file = await write((made) => {
      made.create_dataset({ name: "image_features", data: [1, 2], shape: [2, 1] });
      made.create_dataset({ name: "image_filenames", data: ["a", "b", "c"] });
    });
    await assert.rejects(readVectors(file), formatError(file, /3 names for 2 vectors/));
  });

  it("that claim more than their size justifies are refused before memory is taken", async () => {
    const file = await write((made) => {
      const few = { name: "image_features", data: [1, 2, 3, 4], shape: [1, 4] };
      const dataset = made.create_dataset({ ...few, maxshape: [null, 4], chunks: [1, 4] }) as {
        resize(n: number[]): void;
      };
      dataset.resize([1e9, 4]);
    });
    await assert.rejects(readVectors(file), formatError(file, /claims 16000000000 bytes/));
  });

  it("refer to no other file: what lies outside stays unread", async () => {
    const file = await write((made) => {
      const links = made as unknown as { create_external_link(file: string, target: string, name: string): void };
      links.create_external_link(fixture("files/image_features.h5"), "image_features", "image_features");
    });
    await assert.rejects(readVectors(file), formatError(file, /is no dataset that can be opened/));
  });

  it("are not written with a zero byte in a name, which would end it", async () => {
    const table = { ...plainTable(1, 1), names: ["a\0b"] };
    await assert.rejects(
      writeVectors(path(), table),
      (e: Error) => e instanceof ArgumentError && /zero byte/.test(e.message),
    );
  });

  it("leave no drafts behind", async () => {
    const drafts = join(folder(), "drafts");
    await mkdir(drafts);
    await withVariables({ TMPDIR: drafts, TMP: drafts, TEMP: drafts }, () => writeVectors(path(), plainTable(2, 2)));
    assert.deepEqual(await readdir(drafts), []);
  });

  it("stop being read when that is aborted on the way", async () => {
    const controller = new AbortController();
    const reading = readVectors(fixture("files/image_features.h5"), { signal: controller.signal });
    const reason = new Error("enough");
    setTimeout(() => controller.abort(reason), 20);
    await assert.rejects(reading, reason);
  });

  it("that are damaged are read or refused, and the thread is given up where it does not come to an end", async () => {
    let thread = new Hdf5Thread();
    const read = async (file: string) => {
      if (thread.ended) thread = new Hdf5Thread();
      return tableOf(file, await thread.run({ read: file }, { patience: 2000 })).vectors.data.byteLength;
    };
    const original = await readFile(fixture("files/image_features.h5"));
    try {
      await survivesDamage(path(), damaged(original, 0.005, 0.2), read);
      assert.ok((await read(fixture("files/image_features.h5"))) > 0);
    } finally {
      await thread.end();
    }
  });
});
