/** `patchlab bench [GROUP…]`: speed as ratios to peers, measured in one run. */
import { Command } from "commander";
import { ArgumentError } from "../core/errors.js";
import { writeResult } from "./write-file.js";

interface Comparison {
  ratio: number;
  ours: number;
  peer: number;
}

/** dist/bench/main.js, which is compiled from a folder of its own */
interface Bench {
  groups: Record<string, unknown>;
  runBench(
    names: readonly string[],
    report: (name: string, comparison: Comparison) => void,
  ): Promise<{ machine: string; versions: Record<string, string>; ratios: Record<string, number> }>;
}

export function benchCommand(): Command {
  return new Command("bench")
    .description("measure patchlab against its peers; a ratio above 1 means that patchlab is faster")
    .argument("[groups...]", "model, image, pca, umap, retrieval (default: all)")
    .option("--json [file]", "write machine, versions and ratios as JSON to a file, or to the terminal")
    .action(async (names: string[], options: { json?: string | true }) => {
      const bench: Bench = await import(new URL("../bench/main.js", import.meta.url).href);
      const unknown = names.find((name) => !Object.hasOwn(bench.groups, name));
      if (unknown !== undefined)
        throw new ArgumentError("group", `is "${unknown}": give one of ${Object.keys(bench.groups).join(", ")}`);
      const wanted = names.length > 0 ? names : Object.keys(bench.groups);
      const quiet = options.json === true;
      const result = await bench.runBench(wanted, (name, c) => {
        if (!quiet) console.log(line(name, c));
      });
      const json = `${JSON.stringify(result, null, 2)}\n`;
      if (options.json === true) process.stdout.write(json);
      else {
        console.log(`\n${result.machine}`);
        console.log(
          Object.entries(result.versions)
            .map(([name, version]) => `${name} ${version}`)
            .join(", "),
        );
        if (options.json !== undefined) await writeResult(options.json, json);
      }
    });
}

function line(name: string, { ratio, ours, peer }: Comparison): string {
  const times = `${ours.toFixed(1)} ms against ${peer.toFixed(1)} ms`;
  return `${name.padEnd(36)} ${ratio.toFixed(2).padStart(7)}x   ${times}`;
}
