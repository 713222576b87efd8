/** The package as its users get it: packed, installed into an empty folder, and used in every way it can be. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { projectFile } from "../support/fixtures.js";
import { temporaryFolder } from "../support/temporary.js";

const run = promisify(execFile);

describe("the packed package", function () {
  this.timeout(300_000);
  const folder = temporaryFolder();
  let files: { path: string; size: number }[];
  let size: number;

  const node = (args: string[]) => run(process.execPath, args, { cwd: folder() });
  const npm = (args: string[], cwd: string) =>
    run("npm", args, { cwd, env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip" }, maxBuffer: 1e8 });

  before(async () => {
    const { stdout } = await npm(["pack", "--json", "--pack-destination", folder()], projectFile("."));
    // npm 11 puts out a list, later ones an object by package name
    const [packed] = Object.values(JSON.parse(stdout)) as [
      { filename: string; size: number; files: { path: string; size: number }[] },
    ];
    files = packed.files;
    size = packed.size;
    await writeFile(join(folder(), "package.json"), JSON.stringify({ name: "user", private: true }));
    const install = ["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline"];
    await npm([...install, join(folder(), packed.filename)], folder());
  });

  it("holds the model, its licence and the pictures, and neither tests, sources nor notebooks", () => {
    const paths = files.map((f) => f.path);
    for (const wanted of [
      "dist/index.js",
      "dist/index.d.ts",
      "dist/widgets/page/page.js",
      "models/efficientnet-lite0/model.onnx",
      "models/efficientnet-lite0/LICENSE-source.txt",
      "images/ATTRIBUTION.tsv",
      "LICENSE",
      "README.md",
    ])
      assert.ok(paths.includes(wanted), `${wanted} is missing`);
    assert.deepEqual(
      paths.filter((path) => !/^(dist|models|images)\/|^(package\.json|README\.md|LICENSE)$/.test(path)),
      [],
    );
    assert.deepEqual(
      paths.filter((path) => /tsbuildinfo|\.test\./.test(path)),
      [],
    );
  });

  it("holds nothing that was compiled from a source that is gone", () => {
    const sourceOf = (path: string) =>
      projectFile(
        path
          .replace(/^dist\/(?!bench\/)/, "src/")
          .replace(/^dist\//, "")
          .replace(/\.d\.ts$|\.js$/, ".ts"),
      );
    const compiled = files.map((f) => f.path).filter((path) => /^dist\/.*\.(js|d\.ts)$/.test(path));
    assert.deepEqual(
      compiled.filter((path) => !existsSync(sourceOf(path))),
      ["dist/widgets/page/page.js"],
    );
  });

  it("is smaller than 20 MB to download", () => {
    assert.ok(size < 20e6, `${(size / 1e6).toFixed(1)} MB`);
  });

  it("works from an ES module", async () => {
    await writeFile(
      join(folder(), "use.mjs"),
      `import { patchMap, seededRandom } from "patchlab";
       const random = seededRandom(0);
       const data = Float32Array.from({ length: 64 * 8 }, random);
       const map = await patchMap([{ data, rows: 8, cols: 8, dim: 8 }]);
       console.log(map.maps[0].mask.length);`,
    );
    assert.equal((await node(["use.mjs"])).stdout.trim(), "64");
  });

  it("works from CommonJS, without a warning", async () => {
    await writeFile(
      join(folder(), "use.cjs"),
      `const { loadModel, ImageError } = require("patchlab");
       loadModel("efficientnet-lite0").then(async (model) => { console.log(model.dim, typeof ImageError); await model.close(); });`,
    );
    const { stdout, stderr } = await node(["use.cjs"]);
    assert.equal(stdout.trim(), "1280 function");
    assert.equal(stderr, "");
  });

  for (const [compiler, flags] of [
    ["typescript", ["--module", "nodenext"]],
    ["@tslab/typescript-for-tslab", ["--module", "commonjs", "--moduleResolution", "node"]],
  ] as const)
    it(`gives types to a program compiled by ${compiler}`, async () => {
      const require = createRequire(import.meta.url);
      const home = dirname(require.resolve(`${compiler}/package.json`));
      const source = (name: string) => `import { loadModel, type Matrix, type Model, umap } from "patchlab";
        export async function ${name}(): Promise<Matrix> {
          const model: Model = await loadModel("efficientnet-lite0", { threads: 1 });
          const { cls } = await model.extract(["a.jpg"], { size: 224 });
          return (await umap(cls, { neighbours: 5, seed: 0 })).points;
        }\n`;
      await writeFile(join(folder(), "use.ts"), source("points"));
      const options = ["--noEmit", "--strict", "--target", "es2022", "--types", "node", ...flags];
      const typeRoots = ["--typeRoots", projectFile("node_modules/@types")];
      const check = (file: string) => node([join(home, "lib/tsc.js"), ...options, ...typeRoots, file]);
      await check("use.ts");
      await writeFile(join(folder(), "wrong.ts"), source("points").replace('["a.jpg"]', "42"));
      await assert.rejects(check("wrong.ts"), (e: Error & { stdout: string }) => /wrong\.ts.*TS2345/.test(e.stdout));
    });

  it("makes the quickstart page by `npx patchlab demo`", async () => {
    const page = join(folder(), "made", "page.html");
    const { stdout } = await npm(["exec", "--offline", "--", "patchlab", "demo", "--out", page, "--json"], folder());
    const made = JSON.parse(stdout);
    assert.deepEqual([made.pictures, made.failed], [126, []]);
    assert.ok((await stat(page)).size < 8e6);
    assert.match(await readFile(page, "utf8"), /<h1>patchlab quickstart<\/h1>/);
  });

  it("measures what it can without its development's peers, and says what is missing", async () => {
    const bin = join(folder(), "node_modules", "patchlab", "dist", "cli", "main.js");
    const { stdout, stderr } = await node([bin, "bench", "image", "pca", "--json"]);
    const { ratios, skipped, versions } = JSON.parse(stdout);
    assert.deepEqual([Object.keys(ratios), Object.keys(skipped)], [["image.preprocess.vs.sharp-resize"], ["pca"]]);
    assert.match(versions.sharp, /^\d+\.\d+\.\d+$/);
    assert.match(stderr, /^patchlab: pca was left out: .*npm install ml-pca\)\n$/);
    await assert.rejects(node([bin, "bench", "pca"]), (e: Error & { code: number; stderr: string }) => {
      assert.equal(e.code, 1);
      assert.match(e.stderr, /^patchlab: Nothing was measured: .*npm install ml-pca\)\n$/);
      return true;
    });
  });

  it("names its version and refuses an unknown command with exit code 2", async () => {
    const { version } = JSON.parse(await readFile(projectFile("package.json"), "utf8"));
    const bin = join(folder(), "node_modules", "patchlab", "dist", "cli", "main.js");
    assert.equal((await node([bin, "--version"])).stdout.trim(), version);
    await assert.rejects(node([bin, "embroider"]), { code: 2 });
    await mkdir(join(folder(), "empty"));
    await assert.rejects(node([bin, "demo", "--images", "empty"]), (e: Error & { code: number; stderr: string }) => {
      assert.equal(e.code, 1);
      assert.match(e.stderr, /^patchlab: empty: .*\n$/m);
      return true;
    });
  });
});
