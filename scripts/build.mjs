// Compiles src/ to dist/ and bundles what runs inside pages.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");

function compile(project) {
  return spawnSync(process.execPath, [tsc, "-p", join(root, project)], { cwd: root, stdio: "inherit" }).status === 0;
}

const bench = join(root, "dist/bench");
const bundle = join(root, "dist/widgets/page/page.js");

/** What was compiled from sources that have since moved would go into the package. */
function removeStale(output, sources) {
  for (const entry of readdirSync(output, { withFileTypes: true })) {
    const path = join(output, entry.name);
    const source = join(sources, entry.name.replace(/\.d\.ts$|\.js$/, ".ts"));
    if (entry.isDirectory()) removeStale(path, path === bench ? join(root, "bench") : source);
    else if (/\.d\.ts$|\.js$/.test(path) && path !== bundle && !existsSync(source)) rmSync(path);
  }
}

/** One script and one style sheet, which figures hold as they are. */
async function bundlePage() {
  const page = join(root, "src/widgets/page");
  const options = { bundle: true, minify: true, charset: "utf8", logLevel: "warning" };
  await Promise.all([
    build({
      ...options,
      entryPoints: [join(page, "main.ts")],
      outfile: bundle,
      format: "iife",
      platform: "browser",
      target: "es2022",
    }),
    build({ ...options, entryPoints: [join(page, "page.css")], outfile: join(root, "dist/widgets/page/page.css") }),
  ]);
}

/** Small checkpoints with PyTorch's outputs, which `patchlab verify` runs wherever the package is. */
function copyParity() {
  const parity = join(root, "dist/parity");
  rmSync(parity, { recursive: true, force: true });
  cpSync(join(root, "test/fixtures/models"), parity, { recursive: true });
}

/** What is compiled already: the resampling passes and the scan of bytes. */
function copyWasm() {
  for (const name of ["image/resample.wasm", "numeric/byte-scan.wasm", "retrieval/hnsw/hnsw.wasm"])
    cpSync(join(root, "src/core", name), join(root, "dist/core", name));
}

/** The peers' side of the comparisons in Python, which is not compiled. */
function copyPython() {
  for (const name of ["answering.py", "torch_server.py", "faiss_server.py", "mlp_server.py", "sklearn_server.py"])
    cpSync(join(root, "bench/peers", name), join(root, "dist/bench/peers", name));
}

// all three run, so that one pass shows every mistake
const compiled = [".", "src/widgets/page", "bench"].map(compile).every(Boolean);
if (existsSync(join(root, "dist"))) removeStale(join(root, "dist"), join(root, "src"));
const bundled = await bundlePage().then(
  () => true,
  () => false,
);
copyParity();
copyPython();
copyWasm();
const cli = join(root, "dist/cli/main.js");
if (existsSync(cli)) chmodSync(cli, 0o755);
if (!compiled || !bundled) process.exit(1);
