/** `patchlab search STORE IMAGE…`: the pictures of a store that are most like those that are given. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Command, InvalidArgumentError, Option } from "commander";
import { ArgumentError } from "../core/errors.js";
import { loadModel } from "../core/model/load.js";
import type { Model } from "../core/model/model.js";
import type { Region } from "../core/picture.js";
import type { Query } from "../core/retrieval/query.js";
import type { Hit, SearchResult } from "../core/retrieval/search-result.js";
import type { SearcherKind } from "../core/retrieval/searcher.js";
import { type FeatureStore, openStore } from "../core/store/feature-store.js";
import { isMeant } from "../core/store/spaces.js";
import { page } from "../widgets/page.js";
import { retrievalGrid } from "../widgets/retrieval-grid.js";
import { percent } from "../widgets/wording.js";
import { interruptSignal } from "./interrupt.js";
import { nonEmpty, oneMore, positiveInteger } from "./model-options.js";
import { checkOutputs } from "./outputs.js";
import { type Progress, progressOn } from "./progress.js";
import { type StoreOptions, whereOf, withStoreOptions } from "./store-options.js";
import { writeResult } from "./write-file.js";

interface Options extends StoreOptions {
  k: number;
  model?: string;
  threads?: number;
  not?: string[];
  together?: boolean;
  region?: Region;
  explain?: boolean;
  index: SearcherKind | "auto";
  out?: string;
  json?: boolean;
}

export function searchCommand(): Command {
  return withStoreOptions(new Command("search"))
    .description("the pictures of a store that are most like a picture: paths, or a page that shows them")
    .argument("<store>", "a file that `patchlab embed` made")
    .argument("<images...>", "pictures to look for, each on its own")
    .option("-k, --k <n>", "hits a picture", positiveInteger, 10)
    .option("--together", "look for what the pictures have in common")
    .option("--not <image>", "away from this picture, the others taken together; may be given several times", oneMore)
    .option("--region <left,top,width,height>", "look for this part of the picture, in its pixels", region)
    .option("--explain", "show on the page which patches are alike")
    .option("--model <model>", "reads the pictures (default: the one that made the store's vectors)", nonEmpty)
    .option("--threads <n>", "threads for model and search (default: the machine's physical cores)", positiveInteger)
    .addOption(
      new Option("--index <kind>", "compare all, or use a graph that is faster for many and misses some")
        .choices(["auto", "exact", "hnsw"])
        .default("auto"),
    )
    .option("--out <file>", "also write a page that shows the hits", nonEmpty)
    .option("--json", "print the hits as JSON")
    .action(run);
}

async function run(path: string, images: string[], options: Options, command: Command): Promise<void> {
  checkOutputs(command, { "--out": options.out }, [path, ...images]);
  const query = queryOf(images, options, command);
  const progress = progressOn(process.stderr, options.json);
  const signal = interruptSignal();
  const store = await openStore(path);
  let model: Model | undefined;
  try {
    model = await modelFor(store, images, options, progress);
    const { k, space, threads, explain, index: kind, region } = options;
    progress.step("Opening the index", "vectors");
    const index = await store.index({ ...{ kind, space, threads, model, signal }, onProgress: progress.update });
    progress.step("Searching", region ? "pictures" : undefined);
    const found = await index.search(query, {
      ...{ k, explain, signal, where: whereOf(options) },
      onProgress: progress.update,
    });
    progress.end();
    if (index.kind === "hnsw" && !options.json)
      console.error(
        `A graph answered, which finds ${percent(index.recall)} of the 10 nearest: --index exact finds all.`,
      );
    const out = options.out === undefined ? undefined : resolve(options.out);
    if (out !== undefined)
      await writeResult(out, page({ title: "Search", sections: [{ bundle: await retrievalGrid(found) }] }));
    if (options.json) console.log(JSON.stringify({ ...facts(found), ...(out ? { page: out } : {}) }));
    else if (found.queries.some(({ hits }) => hits.length > 0)) console.log(lines(found));
    else console.error("No other picture of the store is one of those that were asked for.");
    if (out !== undefined && !options.json) console.error(`Open ${pathToFileURL(out).href}`);
  } finally {
    await store.close();
    await model?.close();
  }
}

function queryOf(images: string[], { not, together, region }: Options, command: Command): Query {
  if (region) {
    if (not || together)
      command.error("error: --region looks for a part of one picture: leave --not and --together out");
    return images.map((picture) => ({ picture, region }));
  }
  return not || together ? { positives: images, ...(not ? { negatives: not } : {}) } : images;
}

/** None where the store knows every picture and nothing has to be compared patch by patch. */
async function modelFor(
  store: FeatureStore,
  images: readonly string[],
  { model, space, threads, not = [], region, explain }: Options,
  progress: Progress,
): Promise<Model | undefined> {
  const known = [...images, ...not].every((image) => store.holds(image, space));
  if (model === undefined && known && !region && !explain) return undefined;
  const meant = store.info().spaces.filter((one) => isMeant(one, space));
  const source = model ?? (meant.length === 1 ? meant[0].modelSource : undefined);
  // which space is meant is for the index to ask
  if (source === undefined && meant.length !== 1) return undefined;
  if (source === undefined)
    throw new ArgumentError(
      "--model",
      `is missing: ${meant[0].modelName} in ${store.path} was imported without its model, so give pictures that it holds, or import it with --model`,
    );
  progress.step(`Loading ${source}`);
  return loadModel(source, { threads });
}

/** Bare paths for other programs, with what they mean on a terminal. */
function lines({ queries }: SearchResult): string {
  const describe = (hit: Hit) => {
    const name = hit.picture?.name ?? `row ${hit.row}`;
    if (!process.stdout.isTTY) return name;
    const above = hit.percentile === undefined ? "" : `  above ${hit.percentile.toFixed(1)} % of random pairs`;
    return `${hit.similarity.toFixed(3)}${above}  ${name}`;
  };
  return queries.flatMap(({ hits }) => hits.map(describe)).join("\n");
}

function facts({ queries, ...rest }: SearchResult): object {
  return {
    ...rest,
    queries: queries.map(({ picture, hits, ...query }) => ({
      ...query,
      ...(picture ? { path: picture.name } : {}),
      hits: hits.map(({ picture: found, match: _, ...hit }) => ({ ...hit, path: found?.name })),
    })),
  };
}

function region(text: string): Region {
  const [left, top, width, height, ...rest] = text.split(",").map((side) => (side.trim() === "" ? NaN : Number(side)));
  if (rest.length > 0 || ![left, top, width, height].every(Number.isFinite) || !(width > 0 && height > 0))
    throw new InvalidArgumentError("Give left, top, width and height in pixels, such as 120,40,200,160.");
  return { left, top, width, height };
}
