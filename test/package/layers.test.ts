/** The linter knows the layers that CONTRIBUTING.md names. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { projectFile } from "../support/fixtures.js";
import { temporaryFolder } from "../support/temporary.js";

const biome = createRequire(import.meta.url).resolve("@biomejs/biome/bin/biome");

/** What a new file may import, and what it may not. */
const layers: Record<string, { allowed: string[]; refused: string[] }> = {
  "src/core/new.ts": {
    allowed: ["./errors.js"],
    refused: ["./numeric/matrix.js", "../index.js", "../cli/progress.js"],
  },
  "src/core/runtime/new.ts": {
    allowed: ["../errors.js"],
    refused: ["../numeric/matrix.js", "../../index.js"],
  },
  "src/core/hub/new.ts": {
    allowed: ["../errors.js"],
    refused: ["../model/model.js", "../image/list.js", "../../index.js"],
  },
  "src/core/model/families/new.ts": {
    allowed: ["../vit-config.js", "./family.js"],
    refused: ["../../features/otsu.js", "../../../index.js"],
  },
  "src/core/model/onnx/new.ts": {
    allowed: ["../../errors.js", "../../runtime/tensor.js", "../pixels.js"],
    refused: ["../../classify/head.js", "../../../index.js"],
  },
  "src/core/classify/new.ts": {
    allowed: ["../model/model.js", "../numeric/matrix.js"],
    refused: ["../evaluate/split.js", "../store/feature-store.js", "../../index.js"],
  },
  "src/core/evaluate/new.ts": {
    allowed: ["../classify/head.js", "../numeric/matrix.js"],
    refused: ["../compare/compare.js", "../../widgets/show.js"],
  },
  "src/core/compare/new.ts": {
    allowed: ["../classify/head.js", "../evaluate/split.js", "../model/load.js"],
    refused: ["../store/feature-store.js", "../collection/embed-folder.js", "../../index.js"],
  },
  "src/core/image/new.ts": {
    allowed: ["../picture.js", "../numeric/matrix.js"],
    refused: ["../model/model.js", "../../index.js"],
  },
  "src/core/interchange/new.ts": {
    allowed: ["../errors.js", "../numeric/matrix.js"],
    refused: ["../model/model.js", "../store/feature-store.js"],
  },
  "src/core/retrieval/new.ts": {
    allowed: ["../features/matching.js", "../model/model.js"],
    refused: ["../store/feature-store.js", "../projection/umap.js"],
  },
  "src/core/retrieval/hnsw/new.ts": {
    allowed: ["../../errors.js", "../../numeric/matrix.js", "../searcher.js"],
    refused: ["../../model/model.js", "../../store/feature-store.js", "../../../index.js"],
  },
  "src/core/store/new.ts": {
    allowed: ["../retrieval/searcher.js", "../interchange/faiss.js", "../model/model.js"],
    refused: ["../collection/embed-folder.js", "../../widgets/show.js", "../hub/checksum.js"],
  },
  "src/core/projection/new.ts": {
    allowed: ["../numeric/pca.js"],
    refused: ["../features/otsu.js", "../../widgets/show.js"],
  },
  "src/widgets/new.ts": {
    allowed: ["../core/numeric/matrix.js", "./svg.js"],
    refused: ["../kernel/display.js", "../index.js", "./index.js"],
  },
  "src/widgets/live/new.ts": {
    allowed: ["../../core/display-hook.js", "../bundle.js", "./wire.js"],
    refused: ["../../kernel/interpreter.js", "../../index.js", "../index.js"],
  },
  "src/widgets/page/new.ts": {
    allowed: ["../placement.js"],
    refused: ["../../core/numeric/pca.js"],
  },
  "src/kernel/cells/new.ts": {
    allowed: ["../../core/errors.js", "../values/error-report.js"],
    refused: ["../../core/picture.js", "../../widgets/show.js", "../../index.js"],
  },
  "src/kernel/new.ts": {
    allowed: ["../core/errors.js", "../core/atomic-write.js", "../core/display-hook.js", "./nbformat.js"],
    refused: ["../core/picture.js", "../core/numeric/matrix.js", "../index.js", "../widgets/show.js"],
  },
  "src/cli/new.ts": {
    allowed: ["../core/numeric/matrix.js", "../kernel/notebook.js", "../widgets/page.js"],
    refused: ["../index.js", "../widgets/index.js"],
  },
};

describe("the linter", () => {
  const folder = temporaryFolder();
  let found: string;

  before(async () => {
    const { vcs: _, ...config } = JSON.parse(await readFile(projectFile("biome.json"), "utf8"));
    await writeFile(join(folder(), "biome.json"), JSON.stringify(config));
    for (const [file, { allowed, refused }] of Object.entries(layers)) {
      await mkdir(join(folder(), dirname(file)), { recursive: true });
      const lines = [...allowed, ...refused].map((path, i) => `import { a${i} } from "${path}";\n`);
      await writeFile(join(folder(), file), lines.join(""));
    }
    const options = ["--only=style/noRestrictedImports", "--max-diagnostics=none", "--colors=off"];
    found = spawnSync(process.execPath, [biome, "lint", ...options], { cwd: folder(), encoding: "utf8" }).stderr;
  });

  for (const [file, { allowed, refused }] of Object.entries(layers))
    it(`refuses in ${file} ${refused.join(", ")} and allows ${allowed.join(", ")}`, () => {
      const lines = [...found.matchAll(/^(\S+):(\d+):\d+ lint\/style\/noRestrictedImports/gm)];
      const ofFile = lines
        .filter(([, path]) => path === file)
        .map(([, , line]) => Number(line) - 1)
        .sort((a, b) => a - b);
      assert.deepEqual(
        ofFile.map((i) => [...allowed, ...refused][i]),
        refused,
      );
    });
});
