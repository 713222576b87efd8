// Opens JupyterLab on notebooks/ with the patchlab kernel, in a Python environment of its own (.venv).
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const venv = join(root, ".venv");
const bin = (name) => join(venv, process.platform === "win32" ? "Scripts" : "bin", name);

function run(command, args, what) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (status === 0) return;
  console.error(error ? `${what} (${error.message})` : what);
  process.exit(status ?? 1);
}

if (!existsSync(bin(process.platform === "win32" ? "jupyter-lab.exe" : "jupyter-lab"))) {
  console.log("Installing JupyterLab into .venv …");
  const python = process.platform === "win32" ? "python" : "python3";
  run(python, ["-m", "venv", venv], "JupyterLab needs Python 3 with its venv module: install it and try again.");
  run(bin("python"), ["-m", "pip", "install", "--quiet", "jupyterlab>=4.4,<5"], "JupyterLab could not be installed.");
}
run(
  process.execPath,
  [join(root, "dist/cli/main.js"), "kernel", "install", "--prefix", venv],
  "The kernel could not be installed.",
);
run(bin("jupyter-lab"), [join(root, "notebooks"), ...process.argv.slice(2)], "JupyterLab ended with an error.");
