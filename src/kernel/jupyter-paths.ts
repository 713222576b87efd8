/**
 * Where Jupyter looks for kernels, found without Python.
 *
 * @see jupyter_core.paths.jupyter_data_dir, https://docs.jupyter.org/en/latest/use/jupyter-directories.html
 */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { ArgumentError } from "../core/errors.js";

/** What the answer depends on; the defaults are this process's own. */
export interface Surroundings {
  readonly env?: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
  readonly home?: string;
}

/** Python's reading of a switch in the environment: set and not one of no, n, false, off, 0. */
function isOn(value: string | undefined): boolean {
  return value !== undefined && !["", "no", "n", "false", "off", "0", "0.0"].includes(value.toLowerCase());
}

/**
 * Jupyter's data folder of the current user: `JUPYTER_DATA_DIR`, else the platform's place.
 *
 * @param surroundings environment, platform and home folder to answer for (default: those of this process)
 * @returns an absolute path, whether or not the folder exists
 */
export function jupyterDataDir(surroundings: Surroundings = {}): string {
  const { env = process.env, platform = process.platform, home = homedir() } = surroundings;
  if (env.JUPYTER_DATA_DIR) return resolve(env.JUPYTER_DATA_DIR);
  const platformDirs = isOn(env.JUPYTER_PLATFORM_DIRS);
  if (platform === "darwin") {
    return platformDirs ? join(home, "Library", "Application Support", "Jupyter") : join(home, "Library", "Jupyter");
  }
  if (platform === "win32") {
    if (platformDirs) return resolve(env.LOCALAPPDATA || join(home, "AppData", "Local"), "Jupyter");
    if (env.APPDATA) return resolve(env.APPDATA, "jupyter");
    return join(env.JUPYTER_CONFIG_DIR || join(home, ".jupyter"), "data");
  }
  return resolve(env.XDG_DATA_HOME || join(home, ".local", "share"), "jupyter");
}

/** The data folder below a prefix such as /usr/local, a virtual environment or a conda environment. */
export function prefixDataDir(prefix: string): string {
  return resolve(prefix, "share", "jupyter");
}

/**
 * The prefix of the Python environment that is active in this shell.
 *
 * @throws ArgumentError when none is active
 */
export function activePrefix(env: NodeJS.ProcessEnv = process.env): string {
  const prefix = env.VIRTUAL_ENV || env.CONDA_PREFIX;
  if (!prefix) {
    throw new ArgumentError(
      "sysPrefix",
      "expected an active virtual or conda environment (VIRTUAL_ENV or CONDA_PREFIX), but neither is set: activate one, or give its folder as prefix",
    );
  }
  return prefix;
}
