/** Jupyter for tests: a Python that has it, and surroundings in which nothing of the user's takes part. */
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { projectFile } from "./fixtures.js";

/**
 * Call inside `describe`: finds a Python with JupyterLab before its tests, or makes .venv. Where neither can be had
 * the tests are skipped, but fail where CI is set.
 *
 * @returns gives the path of that Python once the tests run
 */
export function jupyterPython(): () => string {
  let python = "";
  before(function () {
    this.timeout(600_000);
    // it says itself what it installs, or why it cannot
    const found = spawnSync(process.execPath, [projectFile("scripts/python.mjs")], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (found.status === 0) {
      python = found.stdout.trim();
      return;
    }
    const message = "there is no Python with JupyterLab, as the line above says";
    if (process.env.CI) throw new Error(message);
    console.warn(`      skipped: ${message}`);
    this.skip();
  });
  return () => python;
}

/** Installs the kernel below a folder and gives the environment in which Jupyter knows only what is there. */
export function jupyterSurroundings(folder: string): NodeJS.ProcessEnv {
  execFileSync(process.execPath, [projectFile("dist/cli/main.js"), "kernel", "install", "--prefix", folder]);
  return {
    ...process.env,
    JUPYTER_PATH: join(folder, "share/jupyter"),
    JUPYTER_DATA_DIR: join(folder, "data"),
    JUPYTER_CONFIG_DIR: join(folder, "config"),
    JUPYTER_RUNTIME_DIR: join(folder, "runtime"),
    JUPYTERLAB_SETTINGS_DIR: join(folder, "settings"),
    JUPYTERLAB_WORKSPACES_DIR: join(folder, "workspaces"),
    IPYTHONDIR: join(folder, "ipython"),
    PYTHONDONTWRITEBYTECODE: "1",
  };
}
