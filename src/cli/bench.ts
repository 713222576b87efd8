/** `patchlab bench [GROUP…]`: speed as ratios to peers, measured in one run. */
import { Argument, Command } from "commander";
import { PatchlabError } from "../core/errors.js";
import { writeResult } from "./write-file.js";

interface Comparison {
  ratio: number;
  ours: number;
  peer: number;
  difference?: number;
}

/** dist/bench/main.js, which is compiled from a folder of its own */
interface Bench {
  runBench(
    names: readonly string[],
    report: (name: string, comparison: Comparison) => void,
    onFigure: (name: string, figure: { value: number; unit: string }) => void,
  ): Promise<{
    machine: string;
    versions: Record<string, string>;
    ratios: Record<string, number>;
    figures: Record<string, { value: number; unit: string }>;
    differences: Record<string, number>;
    skipped: Record<string, string>;
  }>;
}

const groups = ["model", "image", "pca", "umap", "retrieval", "kernel"];
/** those that take minutes */
const slow = ["classify", "store", "million", "folder", "memory", "sizes"];

export function benchCommand(): Command {
  return new Command("bench")
    .description("measure patchlab against its peers; a ratio above 1 means that patchlab is faster")
    .addArgument(
      new Argument("[groups...]", `what to measure (default: all but ${slow.join(", ")})`).choices([
        ...groups,
        ...slow,
      ]),
    )
    .option("--json [file]", "write machine, versions, ratios and differences as JSON to a file, or to the terminal")
    .action(async (names: string[], options: { json?: string | true }) => {
      const bench: Bench = await import(new URL("../bench/main.js", import.meta.url).href);
      const quiet = options.json === true;
      const say = (text: string) => {
        if (!quiet) console.log(text);
      };
      const result = await bench.runBench(
        names.length > 0 ? names : groups,
        (name, c) => say(line(name, c)),
        (name, { value, unit }) => say(`${name.padEnd(36)} ${String(value).padStart(7)} ${unit}`),
      );
      const skipped = leftOut(result.skipped);
      if (Object.keys(result.ratios).length + Object.keys(result.figures).length === 0)
        throw new PatchlabError(`Nothing was measured: ${skipped.join("; ")}`);
      for (const sentence of skipped) console.error(`patchlab: ${sentence}`);
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

/** One sentence a reason. */
function leftOut(skipped: Readonly<Record<string, string>>): string[] {
  const reasons = new Set(Object.values(skipped));
  return [...reasons].map((reason) => {
    const names = Object.keys(skipped).filter((name) => skipped[name] === reason);
    return `${names.join(", ")} ${names.length === 1 ? "was" : "were"} left out: ${reason}`;
  });
}

function line(name: string, { ratio, ours, peer, difference }: Comparison): string {
  const apart = difference === undefined ? "" : `, results within ${difference.toExponential(0)}`;
  const times = `${ours.toFixed(1)} ms against ${peer.toFixed(1)} ms${apart}`;
  return `${name.padEnd(36)} ${ratio.toFixed(2).padStart(7)}x   ${times}`;
}
