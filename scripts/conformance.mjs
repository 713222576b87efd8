// Asks the kernel everything that jupyter_kernel_test can ask, every optional part included.
// `--compare` asks tslab and Deno too and writes docs/kernel-conformance.md; `--json` prints the answers as they are.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { conformancePage, partNames } from "./conformance-page.mjs";
import { preparePython } from "./python.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tests = join(root, "test/conformance");
const page = join(root, "docs/kernel-conformance.md");
const readJson = (file) => JSON.parse(readFileSync(file, "utf8"));
const dataFolder = (folder) => join(folder, "share/jupyter");

function addSpec(folder, name, argv) {
  const place = join(dataFolder(folder), "kernels", name);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "kernel.json"), JSON.stringify({ argv, display_name: name, language: "typescript" }));
}

function addOurs(folder) {
  execFileSync(process.execPath, [join(root, "dist/cli/main.js"), "kernel", "install", "--prefix", folder]);
  return { name: "patchlab", title: `patchlab ${readJson(join(root, "package.json")).version}` };
}

/** As `tslab install` registers it, with this Node. */
function addTslab(folder) {
  const manifest = createRequire(import.meta.url).resolve("tslab/package.json");
  const command = [process.execPath, join(dirname(manifest), "bin/tslab")];
  addSpec(folder, "tslab", [...command, "kernel", "--config-path={connection_file}"]);
  return { name: "tslab", title: `tslab ${readJson(manifest).version}` };
}

/** As `deno jupyter --install` registers it; npm brings the program. */
function addDeno(folder) {
  const shell = process.platform === "win32";
  execFileSync("npm", ["install", "--prefix", ".", "--no-audit", "--no-fund", "--loglevel=error", "deno@^2.9"], {
    cwd: mkdirSync(join(folder, "deno"), { recursive: true }),
    stdio: ["ignore", "ignore", "inherit"],
    shell,
  });
  const deno = [process.execPath, join(folder, "deno/node_modules/deno/bin.cjs")];
  addSpec(folder, "deno", [...deno, "jupyter", "--kernel", "--conn", "{connection_file}"]);
  const { version } = readJson(join(folder, "deno/node_modules/deno/package.json"));
  return { name: "deno", title: `Deno ${version}` };
}

/** Everything of Jupyter's stays in the folder: no kernel, setting or history of the user's takes part. */
function surroundings(folder) {
  const own = { JUPYTER_PATH: dataFolder(folder), JUPYTER_DATA_DIR: join(folder, "data") };
  const more = { JUPYTER_CONFIG_DIR: join(folder, "config"), JUPYTER_RUNTIME_DIR: join(folder, "runtime") };
  const plain = { NO_COLOR: "1", PYTHONDONTWRITEBYTECODE: "1" };
  return { ...process.env, ...own, ...more, IPYTHONDIR: join(folder, "ipython"), ...plain };
}

/** @returns `{seconds, parts: {NAME: {status: "passed" | "failed" | "skipped", reason}}}` */
function ask(python, folder, { name, title }) {
  const { common, [name]: own } = readJson(join(tests, "samples.json"));
  const samples = join(folder, `${name}.json`);
  writeFileSync(samples, JSON.stringify({ ...common, ...own }));
  const answer = spawnSync(python, [join(tests, "conformance.py"), name, "typescript", samples], {
    encoding: "utf8",
    cwd: folder,
    env: surroundings(folder),
  });
  if (answer.status !== 0) throw new Error(`${title} could not be asked:\n${answer.stderr}`);
  return { name, title, said: answer.stderr, ...JSON.parse(answer.stdout) };
}

function versionsOf(python) {
  const script = "from importlib.metadata import version; print(version('jupyter_kernel_test'))";
  const kernelTest = execFileSync(python, ["-c", script], { encoding: "utf8" }).trim();
  return { jupyter_kernel_test: kernelTest, "Node.js": process.versions.node };
}

function print({ title, seconds, parts, said }) {
  const failed = Object.entries(parts).filter(([, { status }]) => status !== "passed");
  console.log(
    `${title}: ${Object.keys(parts).length - failed.length} of ${Object.keys(parts).length} parts, ${seconds} s`,
  );
  for (const [part, { status, reason }] of failed) console.log(`  ${partNames[part] ?? part}: ${status} (${reason})`);
  if (failed.length > 0 && said) console.log(said);
}

function main() {
  const { values } = parseArgs({ options: { compare: { type: "boolean" }, json: { type: "boolean" } } });
  const python = preparePython();
  const folder = mkdtempSync(join(tmpdir(), "patchlab-conformance-"));
  try {
    const kernels = values.compare ? [addOurs, addTslab, addDeno] : [addOurs];
    const results = kernels.map((add) => ask(python, folder, add(folder)));
    if (values.json) console.log(JSON.stringify(results));
    else for (const result of results) print(result);
    if (values.compare) writeFileSync(page, conformancePage(results, versionsOf(python)));
    const allPassed = Object.values(results[0].parts).every(({ status }) => status === "passed");
    process.exitCode = allPassed ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
