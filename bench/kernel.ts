/** The Jupyter kernel against tslab's, both asked over the protocol as a front end does. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installedVersion } from "./installed.js";
import { KernelClient, type KernelCommand } from "./kernel-client.js";
import type { Notes, Report } from "./main.js";
import { compareTimes, comparisonOf, timed } from "./measure.js";

const starts = 7;
const cells = 60;
const completions = 30;
const lines = 100_000;

const ours: KernelCommand = [
  process.execPath,
  fileURLToPath(new URL("../kernel/main.js", import.meta.url)),
  "{connection_file}",
];

/** As `tslab install` tells Jupyter to start it, on the same Node. */
function tslab(): KernelCommand {
  const manifest = createRequire(import.meta.url).resolve("tslab/package.json");
  return [process.execPath, join(dirname(manifest), "bin/tslab"), "kernel", "--config-path={connection_file}"];
}

export async function kernel(report: Report, notes: Notes): Promise<void> {
  notes.versions({ tslab: installedVersion("tslab")! });
  await start(report);
  const started: KernelClient[] = [];
  try {
    for (const command of [ours, tslab()]) started.push(await KernelClient.startAnswering(command));
    await Promise.all(started.map((client) => client.ready()));
    await roundTrips(started[0]!, started[1]!, report, notes);
  } finally {
    await Promise.all(started.map((client) => client.close()));
  }
}

/** From the start of the process to its first answer, and to the value of its first cell. */
async function start(report: Report): Promise<void> {
  const [ready, firstCell]: [number, number][][] = [[], []];
  // one uncounted start each, which brings the files into the system's memory
  for (let i = -1; i < starts; i++) {
    const [a, b] = [await startOnce(ours), await startOnce(tslab())];
    if (i < 0) continue;
    ready.push([a.ready, b.ready]);
    firstCell.push([a.firstCell, b.firstCell]);
  }
  report("kernel.start.vs.tslab", comparisonOf(ready));
  report("kernel.first-cell.vs.tslab", comparisonOf(firstCell));
}

async function startOnce(command: KernelCommand): Promise<{ ready: number; firstCell: number }> {
  const client = await KernelClient.startAnswering(command);
  try {
    const ready = performance.now() - client.started;
    await client.ask("execute_request", { code: "6 * 7", silent: false, store_history: true, allow_stdin: false });
    return { ready, firstCell: performance.now() - client.started };
  } finally {
    await client.close();
  }
}

async function roundTrips(a: KernelClient, b: KernelClient, report: Report, notes: Notes): Promise<void> {
  report("kernel.cell.vs.tslab", await compareTimes(cellsOf(a), cellsOf(b), { pairs: cells }));
  const declaration = "const sample = { left: 1, length: 2, numbers: [1, 2, 3] };";
  await Promise.all([a.execute(declaration), b.execute(declaration)]);
  const completed = await compareTimes(completionsOf(a), completionsOf(b), { pairs: completions });
  report("kernel.complete.vs.tslab", completed);
  notes.figure("kernel.complete", completed.ours, "ms");
  const printed = await timed(() => a.execute(`for (let i = 0; i < ${lines}; i++) console.log("line " + i);`))();
  notes.figure("kernel.lines", lines / (printed / 1000), "lines/s");
}

/** A trivial cell, another one each time, so that no answer can be remembered. */
function cellsOf(client: KernelClient): () => Promise<number> {
  let n = 0;
  return timed(() => client.execute(`${n++} + 1`));
}

/** What stands after the dot of a name from an earlier cell, in a text that differs each time. */
function completionsOf(client: KernelClient): () => Promise<number> {
  let n = 0;
  return timed(() => {
    const code = `const n${n++} = sample.`;
    return client.ask("complete_request", { code, cursor_pos: code.length });
  });
}
