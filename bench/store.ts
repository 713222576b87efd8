/** What a store costs: a folder embedded into it against the same folder in memory, and opening 100,000 vectors. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { embedFolder } from "#dist/core/collection/embed-folder.js";
import { listImages } from "#dist/core/image/list.js";
import { loadModel } from "#dist/core/model/load.js";
import { openDatabase } from "#dist/core/store/database.js";
import { openStore } from "#dist/core/store/feature-store.js";
import { addRoot, putImage, putVector } from "#dist/core/store/images.js";
import { addSpace } from "#dist/core/store/spaces.js";
import { vitSmall, writeCheckpoint } from "./checkpoint.js";
import { clustered } from "./data.js";
import type { Notes, Report } from "./main.js";
import { compare } from "./measure.js";

const images = fileURLToPath(new URL("../../images", import.meta.url));

/** different pictures as far as a store can tell */
const folderSize = 378;
const vectors = 100_000;

export async function store(report: Report, notes: Notes): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "patchlab-bench-"));
  try {
    await embedding(folder, report);
    await opening(folder, notes);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function embedding(folder: string, report: Report): Promise<void> {
  const [checkpoint, pictures] = [join(folder, "checkpoint"), join(folder, "pictures")];
  await mkdir(checkpoint);
  await writeCheckpoint(checkpoint, vitSmall);
  await fill(pictures);
  const model = await loadModel(checkpoint);
  let run = 0;
  const stored = async () => {
    await (await embedFolder(pictures, { model, store: join(folder, `${run++}.patchlab`) })).close();
  };
  report("store.embed.vs.memory", await compare(stored, () => embedFolder(pictures, { model }), 3));
  await model.close();
}

/** The pictures that ship with the project over and over, each made another file by some bytes after its end. */
async function fill(folder: string): Promise<void> {
  await mkdir(folder);
  const files = await listImages(images);
  for (let i = 0; i < folderSize; i++) {
    const file = files[i % files.length];
    await writeFile(join(folder, `${i} ${basename(file)}`), Buffer.concat([await readFile(file), Buffer.from(`${i}`)]));
  }
}

async function opening(folder: string, notes: Notes): Promise<void> {
  const path = join(folder, "large.patchlab");
  fillStore(path);
  const opened = async (use: (store: Awaited<ReturnType<typeof openStore>>) => Promise<unknown>) => {
    const start = performance.now();
    const large = await openStore(path);
    await use(large);
    const seconds = (performance.now() - start) / 1000;
    await large.close();
    return seconds;
  };
  notes.figure("store.open.100k.embeddings", await opened((large) => large.embeddings()), "s");
  notes.figure("store.open.100k.exact-index", await opened((large) => large.index({ kind: "exact" })), "s");
}

function fillStore(path: string): void {
  const { data, cols } = clustered(vectors, 384, 200);
  const database = openDatabase(path, { create: true });
  database.transaction(() => {
    const root = addRoot(database, "/pictures");
    const space = addSpace(database, { fingerprint: "0".repeat(64), modelName: "made up" }, cols);
    for (let i = 0; i < vectors; i++) {
      const file = { path: `${i % 100}/${i}.jpg`, bytes: i, modified: i, hash: Buffer.from(String(i).padStart(32)) };
      const image = putImage(database, root, file, { width: 640, height: 480 });
      putVector(database, space.id, image, data.subarray(i * cols, (i + 1) * cols));
    }
  });
  database.close();
}
