/** A graph of a source's rows: from its file as far as that still holds, or built anew. */
import type { VectorSource } from "../searcher.js";
import { compareRows, fillGraph, rowRange } from "./fill.js";
import { findByGraph, type SearchedGraph } from "./find.js";
import { Graph, type GraphSettings } from "./graph.js";
import type { HnswOptions } from "./hnsw-options.js";
import { type IndexHeader, readIndexFile, writeIndexFile } from "./index-file.js";
import { type Recall, type RecallSample, recallSample } from "./recall-sample.js";
import type { RowIds } from "./row-ids.js";

export interface GraphJob extends Pick<HnswOptions, "identity" | "file" | "signal" | "onProgress"> {
  readonly source: VectorSource;
  readonly ids: RowIds;
  readonly settings: GraphSettings;
}

export interface OpenGraph {
  readonly graph: SearchedGraph;
  readonly recall: Recall;
  readonly built: "now" | "extended" | "from file";
  /** whether the file holds this graph */
  readonly saved: boolean;
  /** why not, where it should */
  readonly problem?: string;
}

/** Share of the file's vectors that may be gone: all of them are walked past in every search. */
const mostGone = 1 / 3;
/** Share of all vectors that are rather added to a file's than all of them anew. */
const mostNew = 1 / 2;
/** Growth after which the file's recall may no longer hold. */
const mostGrown = 1.1;

/** @throws RuntimeError when memory does not hold it; what `fillGraph` throws */
export async function openGraph(job: GraphJob): Promise<OpenGraph> {
  const kept = job.file === undefined ? undefined : await keptGraph(job, job.file);
  return kept ?? buildGraph(job);
}

async function buildGraph(job: GraphJob): Promise<OpenGraph> {
  const { source, settings, ids, signal, onProgress } = job;
  const graph = new Graph(source.rows, settings);
  const sample = recallSample(source, settings.threads);
  await fillGraph({ graph, source, ids: ids.ids, rows: rowRange(0, source.rows), sample, signal, onProgress });
  const searched = { graph, source, ids };
  const recall = { ...(await recallOf(searched, sample)), rows: source.rows };
  return { graph: searched, recall, built: "now", ...(await save(job, graph, recall)) };
}

async function recallOf(graph: SearchedGraph, sample: RecallSample): Promise<Recall> {
  return sample.recallOf(await findByGraph(graph, sample.queries, sample.width));
}

/** @returns undefined when the file must be built anew */
async function keptGraph(job: GraphJob, file: string): Promise<OpenGraph | undefined> {
  const { source, ids, identity, settings, signal, onProgress } = job;
  const opened = await readIndexFile(file, { identity, settings });
  if ("problem" in opened) return undefined;
  const { header, graph } = opened;
  const missing = missingRows(graph, ids, source.rows);
  const entries = header.rows + missing.length;
  const isStale = entries - source.rows > mostGone * entries || missing.length > mostNew * source.rows;
  if (isStale) return undefined;
  const searched = { graph, source, ids };
  if (missing.length === 0) {
    const recall = await keptRecall(job, searched, header);
    return { graph: searched, recall, built: "from file", saved: true };
  }
  const larger = { ...searched, graph: graph.grown(entries) };
  await fillGraph({ graph: larger.graph, source, ids: ids.ids, rows: missing, signal, onProgress });
  const recall = await keptRecall(job, larger, header);
  return { graph: larger, recall, built: "extended", ...(await save(job, larger.graph, recall)) };
}

/** Rows whose numbers the graph does not hold: new ones, and old ones that had gone when it was built. */
function missingRows(graph: Graph, ids: RowIds, rows: number): Int32Array {
  const held = new Uint8Array(rows);
  for (const id of graph.ids()) {
    const row = ids.rowOf(id);
    if (row >= 0) held[row] = 1;
  }
  return rowRange(0, rows).filter((row) => held[row] === 0);
}

/** The file's own recall where it still says something, or measured anew. */
async function keptRecall(job: GraphJob, graph: SearchedGraph, header: IndexHeader): Promise<IndexHeader["recall"]> {
  const { source, settings, signal } = job;
  const { recall } = header;
  if (header.expansionSearch === settings.expansionSearch && source.rows <= mostGrown * recall.rows) return recall;
  const sample = recallSample(source, settings.threads);
  await compareRows(source, sample, signal);
  return { ...(await recallOf(graph, sample)), rows: source.rows };
}

/** What cannot be saved can still be searched. */
async function save(
  { identity, file }: GraphJob,
  graph: Graph,
  recall: IndexHeader["recall"],
): Promise<Pick<OpenGraph, "saved" | "problem">> {
  if (file === undefined) return { saved: false };
  try {
    await writeIndexFile(file, { identity, recall }, graph);
    return { saved: true };
  } catch (error) {
    return { saved: false, problem: `${(error as Error).message}; the index is built anew each time` };
  }
}
