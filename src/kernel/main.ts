/** What Jupyter starts: `node main.js CONNECTION_FILE` serves one kernel until it is shut down. */
import type { StartInterpreter } from "./interpreter.js";
import { type ServedKernel, serveKernel } from "./session/serve.js";
import { readConnectionFile } from "./wire/connection-file.js";

function say(sentence: string): void {
  console.error(sentence);
}

// whoever read what is said here may be gone, which is no reason to end
process.stderr.on("error", () => undefined);

/** Front ends have their first answer before the compiler and the cells' process are even looked for. */
const startInterpreter: StartInterpreter = async (options) => {
  const { startInterpreter: start } = await import("./start-interpreter.js");
  return start(options);
};

async function serve(connectionFile: string): Promise<ServedKernel> {
  const connection = readConnectionFile(connectionFile);
  return serveKernel(connection, { folder: process.cwd(), startInterpreter, complain: say });
}

/** Jupyter says which process started the kernel; where that one is gone, nobody can ask this one any more. */
function onOrphaned(call: () => void): void {
  const parent = Number(process.env.JPY_PARENT_PID);
  if (process.platform === "win32" || process.ppid !== parent) return;
  setInterval(() => process.ppid !== parent && call(), 1000).unref();
}

async function main(connectionFile: string | undefined): Promise<number> {
  if (connectionFile === undefined) {
    say("Jupyter starts this file with a connection file: run `patchlab kernel install`, then Jupyter.");
    return 2;
  }
  // a signal that comes before anything runs has nothing to interrupt, and must not end the kernel
  let kernel: ServedKernel | undefined;
  process.on("SIGINT", () => kernel?.interrupt());
  const terminated = new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve());
    onOrphaned(resolve);
  });
  let status = 0;
  try {
    kernel = await serve(connectionFile);
    await Promise.race([kernel.ended, terminated]);
  } catch (error) {
    say((error as Error).message);
    status = 1;
  }
  await kernel?.close();
  return status;
}

process.exit(await main(process.argv[2]));
