import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ArgumentError } from "#dist/core/errors.js";
import { isHubId } from "#dist/core/hub/cache-layout.js";
import { catalogue, catalogueEntry, findModelFolder, folderOf } from "#dist/core/model/catalogue.js";
import { loadModel } from "#dist/core/model/load.js";
import { pullModel } from "#dist/core/model/pull-model.js";
import { commit, hubVariables, testHub, tinyCheckpoint, withVariables } from "../../support/hub-server.js";
import { temporaryFolder } from "../../support/temporary.js";

describe("catalogue", () => {
  it("has every published checkpoint of the four families and the bundled model, each name once", () => {
    const names = catalogue.map(({ name }) => name);
    const sizes = ["small", "base", "large", "giant"];
    assert.deepEqual(names, [
      "efficientnet-lite0",
      ...["vits16", "vits8", "vitb16", "vitb8"].map((size) => `dino-${size}`),
      ...sizes.map((size) => `dinov2-${size}`),
      ...sizes.map((size) => `dinov2-with-registers-${size}`),
      ...["vits16", "vits16plus", "vitb16", "vitl16", "vith16plus", "vit7b16"].map((size) => `dinov3-${size}`),
    ]);
    const all = catalogue.flatMap(({ name, hubId, torchHub }) => [name, hubId, torchHub].filter((text) => text));
    assert.equal(new Set(all).size, all.length);
  });

  it("gives sizes that agree with each other", () => {
    for (const { name, parameters, bytes, hubId, dim, patchSize } of catalogue) {
      // float32, but float16 in the bundled file; authors round parameters, and leave out or count position tables
      const each = bytes / (parameters * 1e6);
      assert.ok(hubId ? each > 3.9 && each < 4.3 : each > 1.9 && each < 2.1, `${name}: ${each} bytes a parameter`);
      assert.ok(hubId === undefined || isHubId(hubId), name);
      assert.ok(dim % 64 === 0 && [8, 14, 16, 32].includes(patchSize), name);
    }
  });

  it("gives accuracies that are percentages with a source, larger for the larger model of a family", () => {
    for (const { name, accuracy } of catalogue) {
      const { source, ...figures } = accuracy;
      assert.ok(source.length > 10, name);
      for (const value of Object.values(figures)) assert.ok(value > 70 && value < 91, `${name}: ${value}`);
      if (accuracy.knn && accuracy.linear) assert.ok(accuracy.knn < accuracy.linear, name);
    }
    // the card's six figures by ReaL labels, for none of which the authors give others that all six have
    const real = catalogue.flatMap(({ accuracy }) => accuracy.linearReal ?? []);
    assert.deepEqual(real, [87.0, 88.0, 89.3, 90.2, 90.3, 90.4]);
    for (const family of ["DINOv2", "DINOv2 with registers", "DINOv3"]) {
      const linear = catalogue
        .filter((entry) => entry.family === family)
        .flatMap(({ accuracy }) => accuracy.linear ?? accuracy.linearReal ?? []);
      assert.deepEqual(
        linear,
        [...linear].sort((a, b) => a - b),
      );
    }
  });

  it("is found by name, Hub id and the authors' name", () => {
    for (const source of ["dinov2-with-registers-base", "facebook/dinov2-with-registers-base", "dinov2_vitb14_reg"])
      assert.equal(catalogueEntry(source)?.name, "dinov2-with-registers-base");
    assert.equal(catalogueEntry("undefined"), undefined);
  });
});

describe("findModelFolder", () => {
  const folder = temporaryFolder();
  let caches = 0;
  let cache: string;
  beforeEach(() => {
    cache = join(folder(), `cache ${caches++}`);
  });
  const within = <T>(action: () => Promise<T>) => withVariables({ HF_HUB_CACHE: cache }, action);

  /** Files of a repository as Python leaves them, without links. */
  async function store(hubId: string, revision: string, at: string, names: Record<string, string | Uint8Array>) {
    const repository = join(cache, `models--${hubId.replace("/", "--")}`);
    const snapshot = join(repository, "snapshots", at);
    if (revision !== at) {
      await mkdir(join(repository, "refs"), { recursive: true });
      await writeFile(join(repository, "refs", revision), at);
    }
    for (const [name, content] of Object.entries(names)) {
      await mkdir(dirname(join(snapshot, name)), { recursive: true });
      await writeFile(join(snapshot, name), content);
    }
    return snapshot;
  }

  it("says which command brings a known model that is not here, and how large it is", async () => {
    for (const source of ["dinov2-small", "facebook/dinov2-small", "dinov2_vits14"])
      await assert.rejects(
        within(() => findModelFolder(source)),
        (error: Error) => {
          assert.ok(error instanceof ArgumentError);
          const command = `run \`npx patchlab pull ${source}\` (88.2 MB from facebook/dinov2-small)`;
          assert.equal(error.message, `model "${source}" is not on this disk: ${command}`);
          return true;
        },
      );
    await assert.rejects(
      within(() => findModelFolder("you/yours")),
      /run `npx patchlab pull you\/yours`$/,
    );
  });

  it("finds a snapshot with its configuration and all its weights, and none with less", async () => {
    const index = JSON.stringify({ weight_map: { a: "a.safetensors", b: "b.safetensors" } });
    const incomplete: Record<string, string>[] = [
      { "config.json": "{}" },
      { "model.safetensors": "" },
      { "config.json": "{}", "model.safetensors.index.json": index, "a.safetensors": "" },
    ];
    for (const files of incomplete) {
      cache = join(folder(), `cache ${caches++}`);
      await store("you/yours", "main", commit, files);
      await assert.rejects(
        within(() => findModelFolder("you/yours")),
        /not on this disk/,
      );
    }
    const complete: Record<string, string>[] = [
      { "config.json": "{}", "model.safetensors": "" },
      { ...incomplete[2], "b.safetensors": "" },
      { "config.json": "{}", "onnx/model_quantized.onnx": "" },
    ];
    for (const files of complete) {
      cache = join(folder(), `cache ${caches++}`);
      const snapshot = await store("you/yours", "main", commit, files);
      assert.equal(await within(() => findModelFolder("you/yours")), snapshot);
    }
  });

  it("takes the commit that the catalogue names, or a main branch that has the weights", async () => {
    const entry = catalogueEntry("dino-vits16")!;
    const files = { "config.json": "{}", "model.safetensors": "" };
    const main = await store(entry.hubId!, "main", commit, files);
    assert.equal(await within(() => findModelFolder("dino-vits16")), main);
    const named = await store(entry.hubId!, entry.revision!, entry.revision!, files);
    assert.equal(await within(() => folderOf(entry)), named);
  });

  it("refuses a ref that points out of the cache", async () => {
    await store("you/yours", "main", "../../../..", {});
    await assert.rejects(
      within(() => findModelFolder("you/yours")),
      /not on this disk/,
    );
  });
});

describe("pullModel", () => {
  const folder = temporaryFolder();
  const hub = testHub();
  const within = <T>(action: () => Promise<T>) => withVariables(hubVariables(hub(), folder()), action);

  it("brings a model that loadModel then opens by every one of its names", async () => {
    const { name, hubId, source } = await within(() => pullModel("dinov2-small"));
    assert.deepEqual([name, hubId, source], ["dinov2-small", "facebook/dinov2-small", "hub"]);
    for (const known of ["dinov2-small", "facebook/dinov2-small", "dinov2_vits14"]) {
      const model = await within(() => loadModel(known));
      assert.deepEqual([model.name, model.dim], [known, 48]);
      await model.close();
    }
  });

  it("asks for the commit that the catalogue names, unless told another", async () => {
    const entry = catalogueEntry("dino-vits16")!;
    hub().repositories[entry.hubId!] = { commit: entry.revision, files: await tinyCheckpoint() };
    assert.equal((await within(() => pullModel("dino-vits16"))).commit, entry.revision);
    assert.ok(hub().requests[0].path.includes(entry.revision!));
    hub().requests.length = 0;
    await within(() => pullModel("dino-vits16", { revision: "main" }));
    assert.ok(hub().requests[0].path.includes("/revision/main?"));
  });

  it("has nothing to do for the bundled model, and refuses what is no name", async () => {
    const { source, files, folder: bundled } = await within(() => pullModel("efficientnet-lite0"));
    assert.deepEqual([source, files, bundled], ["bundled", [], await findModelFolder("efficientnet-lite0")]);
    await assert.rejects(pullModel("resnet-9000"), /"resnet-9000".*efficientnet-lite0, dino-vits16/);
    await assert.rejects(pullModel(""), ArgumentError);
    assert.equal(hub().requests.length, 0);
  });
});
