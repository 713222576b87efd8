// Opens JupyterLab on notebooks/ with the patchlab kernel, in a Python environment of its own (.venv).
import { spawn, spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { prepareVenv, venv } from "./python.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function fail(sentence, code = 1) {
  console.error(sentence);
  process.exit(code);
}

function preparedPython() {
  try {
    return prepareVenv(console.log);
  } catch (error) {
    return fail(error.message);
  }
}

const python = preparedPython();
const install = [join(root, "dist/cli/main.js"), "kernel", "install", "--prefix", venv];
if (spawnSync(process.execPath, install, { cwd: root, stdio: "inherit" }).status !== 0)
  fail("The kernel could not be installed; the lines above say why.");

// Jupyter asks root to say so; who runs this as root has
const asRoot = process.getuid?.() === 0 ? ["--allow-root"] : [];
const notebooks = join(root, "notebooks");
const lab = spawn(python, ["-m", "jupyterlab", ...asRoot, notebooks, ...process.argv.slice(2)], { stdio: "inherit" });
// Ctrl-C reaches JupyterLab too, which asks before it ends: wait for it
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => lab.kill("SIGTERM"));
lab.on("error", (error) => fail(`JupyterLab could not be started (${error.message}).`));
lab.on("exit", (code, signal) => {
  if (code === 0 || signal !== null) process.exit(signal === null ? 0 : 1);
  fail("JupyterLab ended with an error; the lines above say why.", code);
});
