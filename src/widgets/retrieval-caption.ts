/** What a retrieval grid says of itself: whose neighbours, how to read the numbers, which index found them. */
import type { SearchResult } from "../core/retrieval/search-result.js";
import type { Caption, FigureOptions } from "./bundle.js";
import type { SearchResultLike } from "./retrieval-grid.js";
import { count, counted, modelAtSize, percentileText } from "./wording.js";

/** @param shown queries that are drawn */
export function retrievalCaption(
  { queries, size, modelName, inputSize, index }: SearchResultLike,
  unit: string,
  shown: number,
  options: FigureOptions,
): Caption {
  const among = size === undefined ? "" : ` among ${counted(size, "picture")}`;
  const asked = queries.length === 1 ? "one query" : `${count(queries.length)} queries`;
  const left = queries.length > shown ? ` The first ${count(shown)} queries are drawn.` : "";
  const hits = queries.flatMap((query) => query.hits);
  const direction = unit === "cosine" ? ", 1 for the same direction" : "";
  const compared = hits.some((hit) => hit.match?.region)
    ? `mean ${unit} similarity of the patches in the outlined box to their best ones in the hit`
    : `${unit} similarity of the image vectors`;
  const reading = [
    `Best first; the number is the ${compared}${direction}.`,
    hits.some((hit) => hit.percentile !== undefined) && chanceWords(size),
    queries.some((query) => query.label !== undefined) &&
      "A filled dot marks a hit with the query's label; the model was not given the labels.",
    index && indexWords(index, size),
  ];
  return {
    shows: `Nearest pictures of ${asked}${among} by ${modelAtSize(options.modelName ?? modelName, options.size ?? inputSize)}.${left}`,
    reading: reading.filter(Boolean).join(" "),
    ...(hits.some((hit) => hit.match) ? { live: whyWords } : {}),
    lookFor: "hits that show the same kind of thing in another pose, colour or light, and for where the numbers drop.",
  };
}

/** The best of many stands high whatever is asked: the expected place of the largest of n is n / (n + 1). */
function chanceWords(size: number | undefined): string {
  const best =
    size === undefined
      ? ""
      : `; by chance alone, the best of ${count(size)} would stand near ${percentileText((100 * size) / (size + 1))}`;
  return `Below it stands the share of random pairs of these pictures that are less similar${best}.`;
}

const whyWords =
  "“Show why” unfolds what a hit shares with the query: the same number marks two patches that chose each other, and " +
  "light patches are those well found in the other picture.";

function indexWords({ kind, recall }: NonNullable<SearchResult["index"]>, size: number | undefined): string {
  if (kind === "exact") return `Every one of the ${size === undefined ? "" : `${count(size)} `}vectors was compared.`;
  const missed =
    recall === undefined
      ? "it can miss some of the truly nearest, and how many was not measured"
      : `on a sample it found ${percentileText(100 * recall)} of the truly nearest (its recall)`;
  return `An HNSW index was searched, which does not compare all: ${missed}.`;
}
