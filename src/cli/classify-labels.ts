/** The labels that `patchlab classify` trains on: the store's own, or those of a file. */
import { type LabelProblem, matchLabels } from "../core/collection/match-labels.js";
import { FormatError } from "../core/errors.js";
import { readLabelTable } from "../core/interchange/label-table.js";
import type { FeatureStore, StoredEmbeddings } from "../core/store/feature-store.js";
import { counted } from "../widgets/wording.js";

export interface GivenLabels {
  /** the file, where they come from one */
  file?: string;
  /** one a picture of the store */
  labels: readonly (string | undefined)[];
  problems: readonly LabelProblem[];
  /** paths of pictures without a label */
  unlabelled: readonly string[];
}

/**
 * @param from "folders" or a CSV file
 * @throws FormatError when none of its rows labels a picture
 */
export async function labelsFor(
  store: FeatureStore,
  { labels, pictures }: StoredEmbeddings,
  from = "folders",
  signal?: AbortSignal,
): Promise<GivenLabels> {
  const names = pictures.map(({ name }) => name);
  if (from === "folders") return { labels, problems: [], unlabelled: names.filter((_, i) => labels[i].trim() === "") };
  const table = await readLabelTable(from, signal);
  const { folders, failed } = store.info();
  const matched = matchLabels(table, names, {
    folders: folders.map(({ path }) => path),
    unreadable: failed.map(({ path }) => path),
  });
  if (matched.matched === 0) {
    const [first] = matched.problems;
    throw new FormatError(
      from,
      `labels none of the ${counted(names.length, "picture")} that are meant: ${first ? `line ${first.line} ${first.problem}` : "it has no rows"}; give paths from the file's or the store's folder on`,
    );
  }
  const { problems, unlabelled } = matched;
  return { file: from, labels: matched.labels, problems, unlabelled: unlabelled.map((place) => names[place]) };
}
