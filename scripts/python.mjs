// Finds a Python with JupyterLab and what the kernel's tests need, or makes one in .venv.
// As a command it prints the path of that Python: `node scripts/python.mjs`.
import { spawnSync } from "node:child_process";
import { existsSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const requirements = join(root, "test/conformance/requirements.txt");
export const venv = join(root, ".venv");
const windows = process.platform === "win32";
const venvPython = join(venv, windows ? "Scripts/python.exe" : "bin/python");

const unusable = `
import sys
sys.exit(None if sys.version_info >= (3, 10) else "it is Python %d.%d" % sys.version_info[:2])`;

/** Ends with an error unless every package of the list is there in the version that the list names. */
const lacks = `
import sys
from importlib.metadata import version
for line in open(sys.argv[1], encoding="utf-8"):
    name, _, wanted = line.partition("#")[0].strip().partition("==")
    if name and version(name) != wanted:
        sys.exit(name)`;

const run = (python, ...args) => spawnSync(python, args, { encoding: "utf8" });
const isComplete = (python) => run(python, "-c", lacks, requirements).status === 0;

/** What a failed command had to say, in one line. */
function reason({ error, stderr, stdout }) {
  if (error) return error.code === "ENOENT" ? "it was not found" : error.message;
  const lines = `${stdout}\n${stderr}`.split("\n").map((line) => line.trim().replace(/^ERROR: /, ""));
  return lines.filter((line) => line && !line.startsWith("WARNING")).at(-1) ?? "it said nothing";
}

function makeVenv() {
  const base = process.env.PATCHLAB_PYTHON ?? (windows ? "python" : "python3");
  const probe = run(base, "-c", unusable);
  const advice = "install Python 3.10 or newer with its venv module, or name one in PATCHLAB_PYTHON, and try again";
  if (probe.status !== 0) throw new Error(`${base} cannot be used (${reason(probe)}): ${advice}.`);
  const isNew = !existsSync(venv);
  // an environment whose Python is gone is made afresh; one that has only no pip is given it
  const works = run(venvPython, "-c", "").status === 0;
  const made = run(base, "-m", "venv", ...(works ? [] : ["--clear"]), venv);
  if (made.status === 0) return;
  if (isNew) rmSync(venv, { recursive: true, force: true });
  throw new Error(`${base} cannot make ${venv} (${reason(made)}): ${advice}.`);
}

/** JupyterLab runs scripts of Node's from .venv, which our own package.json would have read as ES modules. */
function markScripts() {
  const file = join(venv, "package.json");
  if (!existsSync(file)) writeFileSync(file, '{ "type": "commonjs" }\n');
}

function install(say) {
  if (run(venvPython, "-c", "import pip").status !== 0) makeVenv();
  say("Installing JupyterLab into .venv …");
  const options = ["--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "-r", requirements];
  const installed = run(venvPython, "-m", "pip", "install", ...options);
  if (installed.status === 0) return;
  throw new Error(`JupyterLab could not be installed into .venv (${reason(installed)}): look into it and try again.`);
}

/**
 * The Python of .venv with everything in it, installed where it is missing.
 *
 * @param say takes a line on what takes long
 * @throws Error with one sentence, when there is no usable Python or a package cannot be installed
 */
export function prepareVenv(say = console.error) {
  if (!isComplete(venvPython)) install(say);
  markScripts();
  return venvPython;
}

/** The Python that PATCHLAB_PYTHON names where it has everything, else that of .venv. */
export function preparePython(say) {
  const named = process.env.PATCHLAB_PYTHON;
  return named !== undefined && isComplete(named) ? named : prepareVenv(say);
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    console.log(preparePython());
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
