/** `patchlab models`: what can be had by name, and what of it is on this disk. */
import { Command } from "commander";
import { byteSize } from "../core/hub/byte-size.js";
import { hubCacheFolder } from "../core/hub/settings.js";
import { type CatalogueEntry, catalogue, folderOf } from "../core/model/catalogue.js";

interface Options {
  json?: boolean;
}

/** A catalogue's model and where it lies, if it does. */
interface Listed extends CatalogueEntry {
  folder?: string;
}

export function modelsCommand(): Command {
  return new Command("models")
    .description("models that load by name: size, licence, published accuracy, and whether they are on this disk")
    .option("--json", "print the list as JSON")
    .action(async ({ json }: Options) => {
      const listed = await Promise.all(
        catalogue.map(async (entry): Promise<Listed> => ({ ...entry, folder: await folderOf(entry) })),
      );
      console.log(json ? JSON.stringify(listed.map(facts)) : table(listed));
    });
}

function facts(entry: Listed): object {
  return { ...entry, onDisk: entry.folder !== undefined };
}

function table(listed: readonly Listed[]): string {
  const families = [...new Set(listed.map(({ family }) => family))];
  const sections = families.map((family) => section(listed.filter((entry) => entry.family === family)));
  return [header(), ...sections, legend(listed)].join("\n\n");
}

const columns: [title: string, width: number, text: (entry: Listed) => string][] = [
  ["parameters", 10, ({ parameters }) => `${parameters} M`],
  ["vector", 7, ({ dim }) => String(dim)],
  ["patch", 6, ({ patchSize }) => `${patchSize} px`],
  ["file", 9, ({ bytes }) => byteSize(bytes)],
  ["k-NN", 7, ({ accuracy }) => percent(accuracy.knn)],
  [
    "linear",
    8,
    ({ accuracy: { linear, linearReal } }) => percent(linear ?? linearReal, linearReal === undefined ? "" : "*"),
  ],
];

const nameWidth = 29;

function header(): string {
  const titles = columns.map(([title, width]) => title.padStart(width + 1)).join("");
  return `${"  name".padEnd(nameWidth)}${titles}   on this disk`;
}

function line(entry: Listed): string {
  const cells = columns.map(([, width, text]) => text(entry).padStart(width + 1)).join("");
  return `  ${entry.name.padEnd(nameWidth - 2)}${cells}   ${whereabouts(entry)}`;
}

/** The mark takes a place of its own, so that figures with and without it stand in one column. */
function percent(value: number | undefined, mark = ""): string {
  return `${value === undefined ? "–" : value.toFixed(1)}${mark || " "}`;
}

function whereabouts({ folder, hubId }: Listed): string {
  if (folder === undefined) return "no";
  return hubId === undefined ? "yes, bundled" : "yes";
}

function section(entries: readonly Listed[]): string {
  const [{ family, paper, licence, gated, training }] = entries;
  const terms = `${licence}${gated ? ", to be accepted on the Hub first" : ""}`;
  const heading = `${family}: ${training === "supervised" ? "trained with labels" : "self-supervised"}; ${terms}`;
  return [heading, `${paper.title}, arXiv:${paper.arxiv}`, ...entries.map(line)].join("\n");
}

function legend(listed: readonly Listed[]): string {
  const sources = [...new Set(listed.map(({ accuracy }) => accuracy.source))];
  const supervised = listed.filter(({ accuracy }) => accuracy.supervised !== undefined);
  return [
    "k-NN and linear: top-1 accuracy in % on ImageNet-1k of a classifier on the frozen features, as the",
    "authors publish it; * by the cleaned ReaL labels, which give higher figures than the others.",
    ...supervised.map(
      ({ name, accuracy }) => `${name}, trained with labels throughout, reaches ${accuracy.supervised} %.`,
    ),
    ...sources.map((source, i) => `${i === 0 ? "Sources: " : "         "}${source}`),
    "",
    "To get one, and a good start:  npx patchlab pull dinov2-small",
    "Then use it:                   npx patchlab demo --model dinov2-small",
    `Models lie where Python finds them too: ${hubCacheFolder()}`,
    ...pinned(listed),
  ].join("\n");
}

/** Of a commit the cache keeps no name, by which Python would find it. */
function pinned(listed: readonly Listed[]): string[] {
  const names = listed.filter(({ revision }) => revision !== undefined).map(({ name }) => name);
  return names.length === 0 ? [] : [`(${names.join(", ")} with revision=<commit>, which pull and --json show)`];
}
