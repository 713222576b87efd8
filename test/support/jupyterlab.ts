/** JupyterLab with our kernel on a folder of notebooks, as a server of its own that knows nothing of the user's. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { jupyterSurroundings } from "./jupyter.js";

export interface LabServer {
  readonly origin: string;
  /** The address of a notebook, by its path below the folder. */
  url(notebook: string): string;
  close(): Promise<void>;
}

const settings = {
  // what the server asks or fetches at its first start, switched off
  "apputils-extension/notification": { fetchNews: "false", checkForUpdates: false, doNotDisturbMode: true },
  // a kernel that answers later than this, in milliseconds, has completed nothing; the default is a second
  "completer-extension/manager": { providerTimeout: 20_000 },
};

async function writeSettings(folder: string): Promise<void> {
  for (const [name, values] of Object.entries(settings)) {
    const file = join(folder, "@jupyterlab", `${name}.jupyterlab-settings`);
    await mkdir(join(file, ".."), { recursive: true });
    await writeFile(file, JSON.stringify(values));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await once(server.close(), "close");
  return port;
}

/**
 * @param home an empty folder for everything that Jupyter keeps
 * @param notebooks the folder that it serves
 * @throws Error with what the server said, when it ends or does not answer within a minute
 */
export async function startLab(python: string, home: string, notebooks: string): Promise<LabServer> {
  const env = jupyterSurroundings(home);
  await writeSettings(env.JUPYTERLAB_SETTINGS_DIR!);
  const [port, token] = [await freePort(), randomUUID()];
  const options = [`--ServerApp.port=${port}`, "--ServerApp.port_retries=0", `--IdentityProvider.token=${token}`];
  const asRoot = process.getuid?.() === 0 ? ["--allow-root"] : [];
  const args = ["-m", "jupyterlab", "--no-browser", "--ServerApp.ip=127.0.0.1", ...options, ...asRoot, notebooks];
  const server = spawn(python, args, { cwd: home, env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  server.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-4000);
  });
  const origin = `http://127.0.0.1:${port}`;
  if (!(await answers(server, `${origin}/api/status?token=${token}`))) {
    server.kill("SIGKILL");
    throw new Error(`JupyterLab did not start: ${said}`);
  }
  const url = (notebook: string): string => `${origin}/lab/tree/${encodeURI(notebook)}?token=${token}`;
  return { origin, url, close: () => end(server) };
}

async function answers(server: ChildProcess, url: string): Promise<boolean> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline && server.exitCode === null; ) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return true;
    await setTimeout(100);
  }
  return false;
}

/** Twice, which is how it is told not to ask. Its kernels end with it. */
async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const exited = once(server, "exit");
  server.kill("SIGTERM");
  const late = setTimeout(10_000, undefined, { ref: false }).then(() => server.kill("SIGKILL"));
  await Promise.race([exited, late]);
}
