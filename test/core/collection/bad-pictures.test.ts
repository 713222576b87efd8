/** Pictures that cannot be used: said once with the reason, not tried for nothing, and in nobody's way. */
import assert from "node:assert/strict";
import { chmodSync, utimesSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { embedFolder } from "#dist/core/collection/embed-folder.js";
import type { EmbedIntoStoreOptions } from "#dist/core/collection/embed-into-store.js";
import { ImageError } from "#dist/core/errors.js";
import { loadModel } from "#dist/core/model/load.js";
import type { Features, Model } from "#dist/core/model/model.js";
import { fixture } from "../../support/fixtures.js";
import { fakeModel, foundIn, vectorOf, writeFiles } from "../../support/stores.js";
import { temporaryFolder } from "../../support/temporary.js";
import { unprivileged } from "../../support/unprivileged.js";

describe("bad pictures in a folder that is embedded", () => {
  const folder = temporaryFolder();
  const model = fakeModel();
  let count = 0;
  let root: string;
  beforeEach(() => {
    root = join(folder(), `bad ${count++}`, "pictures");
  });

  async function run(options: Partial<EmbedIntoStoreOptions> = {}) {
    model.shown.length = 0;
    const store = await embedFolder(root, { model, ...options, store: join(root, "..", "s.patchlab") });
    const info = store.info();
    const found = await foundIn(store, root, options.model?.name ?? "fake").catch(() => new Map());
    await store.close();
    const failed = store.report.failed.map(({ path, problem }) => [path.slice(root.length + 1), problem]);
    return { report: store.report, failed, info, found, shown: [...model.shown] };
  }

  it("are written down with the reason, while the others go on", async () => {
    writeFiles(root, { "a.jpg": "A", "bad.jpg": "bad", "c.jpg": "C" });
    const { report, failed, info, found } = await run();
    const reason = [join(root, "bad.jpg"), `${join(root, "bad.jpg")}: is no picture`];
    assert.deepEqual([report.added, failed], [2, [["bad.jpg", reason[1]]]]);
    assert.deepEqual(info.pictures, { here: 2, failed: 1, gone: 0 });
    assert.deepEqual(info.failed, [{ path: reason[0], problem: reason[1] }]);
    assert.deepEqual([...found.keys()], ["a.jpg", "c.jpg"]);
  });

  it("are not tried again while they are as they were, and are reported again", async () => {
    writeFiles(root, { "a.jpg": "A", "bad.jpg": "bad" });
    const first = await run();
    const second = await run();
    assert.deepEqual([second.shown, second.failed], [[], first.failed]);
  });

  it("are tried again when they have changed, and when they come with another limit of pixels", async () => {
    writeFiles(root, { "a.jpg": "A", "bad.jpg": "bad" });
    await run();
    assert.deepEqual((await run({ maxPixels: 1e6 })).shown, [join(root, "bad.jpg")]);
    writeFiles(root, { "bad.jpg": "good" });
    const { failed, found, info } = await run();
    assert.deepEqual([failed, found.get("bad.jpg"), info.failed], [[], vectorOf("good"), []]);
  });

  it("lose the vector that they had when they become bad", async () => {
    writeFiles(root, { "a.jpg": "A", "b.jpg": "B" });
    await run();
    writeFiles(root, { "b.jpg": "bad now" });
    const { info, found } = await run();
    assert.deepEqual([...found.keys()], ["a.jpg"]);
    assert.deepEqual([info.pictures.here, info.spaces[0].vectors], [1, 1]);
  });

  it("end the run with the first one's error when there is no other", async () => {
    writeFiles(root, { "bad.jpg": "bad" });
    await assert.rejects(run(), (e: Error) => e instanceof ImageError && /bad\.jpg: is no picture/.test(e.message));
  });

  /** A model whose vectors are `value`, for every picture whose name ends so. */
  function spoiling(ending: string, value: number): Model {
    const base = fakeModel({ name: "spoiling" });
    async function* stream(...args: Parameters<Model["stream"]>): AsyncGenerator<Features, void, void> {
      for await (const features of base.stream(...args)) {
        const { data, cols } = features.cls;
        for (const [i, { name }] of features.pictures.entries())
          if (name.endsWith(ending)) data.fill(value, i * cols, (i + 1) * cols);
        yield features;
      }
    }
    return { ...base, stream };
  }

  for (const [what, value] of Object.entries({ "NaN or an infinity": Number.NaN, zeros: 0 }))
    it(`are those for which the model gives ${what}, which leaves the vectors of other models alone`, async () => {
      writeFiles(root, { "a.jpg": "A", "b.jpg": "B" });
      await run();
      const spoilt = await run({ model: spoiling("b.jpg", value) });
      assert.deepEqual([spoilt.report.added, spoilt.failed.length], [1, 1]);
      assert.match(spoilt.failed[0][1], new RegExp(`b\\.jpg: the model gives ${what}`));
      assert.deepEqual([...spoilt.found.keys()], ["a.jpg"]);
      const { report, found } = await run();
      assert.deepEqual([report.unchanged, found.get("b.jpg")], [2, vectorOf("B")]);
    });

  it("are those that cannot be read just now, tried each time, with their vectors kept until then", async function () {
    if (process.platform === "win32") return this.skip();
    writeFiles(root, { "a.jpg": "A", "b.jpg": "B" });
    const runs = () => unprivileged([folder(), join(root, "..")], () => run());
    const before = await runs();
    utimesSync(join(root, "b.jpg"), 2e9, 2e9);
    chmodSync(join(root, "b.jpg"), 0);
    for (const _ of [1, 2]) {
      const { failed, info } = await runs();
      assert.match(failed[0][1], /b\.jpg: cannot be read \(EACCES\): check its permissions/);
      assert.deepEqual(info.pictures, { here: 1, failed: 1, gone: 0 });
    }
    chmodSync(join(root, "b.jpg"), 0o644);
    const { found, shown } = await runs();
    assert.deepEqual([found, shown], [before.found, []]);
  });

  it("are empty, cut and lying files, each with its own reason", async () => {
    const png = await sharp({ create: { width: 64, height: 64, channels: 3, background: "teal" } })
      .png()
      .toBuffer();
    writeFiles(root, { "a.png": png, "cut.png": png.subarray(0, 60), "empty.jpg": "", "text.jpg": "text" });
    await using tiny = await loadModel(fixture("models/dinov2"));
    const { failed, report } = await run({ model: tiny, size: 28 });
    assert.equal(report.added, 1);
    assert.deepEqual(
      failed.map(([path]) => path),
      ["cut.png", "empty.jpg", "text.jpg"],
    );
    for (const [path, problem] of failed) assert.ok(problem.startsWith(`${join(root, path)}: `), problem);
    assert.equal(new Set(failed.map(([path, problem]) => problem.slice(join(root, path).length))).size, 3);
  });
});
