/** Runs that are killed without warning, and what they leave. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import sharp from "sharp";
import { seededRandom } from "#dist/core/numeric/random.js";
import { openStore } from "#dist/core/store/feature-store.js";
import { type CheckedStore, embeddingProcess } from "../../support/embedding-process.js";
import { foundIn } from "../../support/stores.js";
import { temporaryFolder } from "../../support/temporary.js";

const kills = 20;
const pictures = 60;
const batch = 2;

describe("embedFolder, killed with SIGKILL", () => {
  const folder = temporaryFolder();
  let root: string;
  const random = seededRandom(1);

  before(async () => {
    root = join(folder(), "pictures");
    mkdirSync(root);
    for (let i = 0; i < pictures; i++) {
      const data = Uint8Array.from({ length: 40 * 30 * 3 }, () => 256 * random());
      const png = await sharp(data, { raw: { width: 40, height: 30, channels: 3 } })
        .png()
        .toBuffer();
      writeFileSync(join(root, `${i}.png`), png);
    }
  });

  /** Kills a run at a random moment, mostly within a few batches. @returns what it found and what it had said, and whether it ended by itself */
  async function killedRun(store: string) {
    const process = embeddingProcess({ folder: root, store, batchSize: batch });
    const last = Math.floor(random() * 4) * batch;
    let before: CheckedStore | null | undefined;
    let done = 0;
    let ended = false;
    for await (const line of process.lines) {
      if (line.store !== undefined) before = line.store;
      if (line.done !== undefined) done = line.done;
      if (line.report) ended = true;
      if (!ended && (last === 0 ? before !== undefined : done >= last) && !process.child.killed) {
        // before the model is loaded, or while batches are read, computed and written down
        await setTimeout(random() * (last === 0 ? 400 : 12));
        process.child.kill("SIGKILL");
      }
    }
    await process.ended;
    if (!ended) assert.equal(process.child.signalCode, "SIGKILL");
    return { before, done, ended };
  }

  it(`leaves a whole store ${kills} times, loses nothing that it had said was done, and ends as if it had run once`, async function () {
    this.timeout(180_000);
    let [killed, stores] = [0, 0];
    let store = join(folder(), "0.patchlab");
    let least = 0;
    while (killed < kills) {
      const { before, done, ended } = await killedRun(store);
      if (before) {
        const { integrity, orphans, bare, vectors } = before;
        assert.deepEqual({ integrity, orphans, bare }, { integrity: "ok", orphans: 0, bare: 0 });
        assert.ok(vectors >= least, `${vectors} vectors where ${least} were done`);
        least = vectors;
      } else assert.equal(least, 0);
      least += done;
      if (!ended) killed++;
      else [store, least] = [join(folder(), `${++stores}.patchlab`), 0];
    }
    const resumed = embeddingProcess({ folder: root, store, batchSize: batch });
    const whole = embeddingProcess({ folder: root, store: join(folder(), "whole.patchlab"), batchSize: batch });
    let total = 0;
    for await (const { report, store: checked } of resumed.lines) {
      if (checked) assert.ok(checked.vectors >= least);
      if (report) total = report.unchanged + report.added;
    }
    for await (const _ of whole.lines);
    assert.equal(total, pictures);
    const [mended, straight] = await Promise.all([contents(store), contents(join(folder(), "whole.patchlab"))]);
    assert.equal(straight.size, pictures);
    assert.deepEqual(mended, straight);
  });

  async function contents(path: string) {
    const store = await openStore(path);
    const found = await foundIn(store, root);
    await store.close();
    return new Map([...found].sort());
  }
});
