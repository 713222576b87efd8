/** Approximate search against FAISS's HNSW, at equal recall. bench/peers.md says how both are set up. */
import { PatchlabError } from "#dist/core/errors.js";
import { exactSearcher } from "#dist/core/retrieval/exact-searcher.js";
import { hnswSearcher } from "#dist/core/retrieval/hnsw/hnsw.js";
import type { Searcher, VectorSource } from "#dist/core/retrieval/searcher.js";
import { physicalCores } from "#dist/core/runtime/physical-cores.js";
import type { Notes, Report } from "./main.js";
import type { Faiss, FaissIndex, FaissSearch } from "./peers/faiss.js";
import { compareSearches, differentHits, k, type SearchLab, type SearchRun, withFaiss } from "./search-lab.js";

const settings = [
  { threads: physicalCores(), thread: "" },
  { threads: 1, thread: ".1-thread" },
];

/** Ours with fewer candidates than by default: as many as the recall takes. */
const graph = { connectivity: 20, expansionAdd: 24, expansionSearch: 48 };

/** FAISS's own defaults, and the graph with fewer links that it builds faster. */
const peers: { label: string; graph: FaissIndex }[] = [
  { label: "faiss", graph: { kind: "hnsw", m: 32, efConstruction: 40 } },
  { label: "faiss-m16", graph: { kind: "hnsw", m: 16, efConstruction: 40 } },
];

const runs: Record<string, SearchRun> = {
  query: { count: 1000, oneByOne: true, pairs: 5 },
  batch: { count: 1000, oneByOne: false, pairs: 5 },
};

/** share of the true ten nearest that both sides must find, but for what a sample of 1,000 queries leaves open */
const wantedRecall = 0.96;

/** candidates of FAISS's search: the first that reaches the recall */
const widths = [32, 40, 48, 56, 64, 72, 80, 88, 96, 128, 192, 256, 384, 512];

/** @param lab with 1,000 queries */
export async function hnswSearch(lab: SearchLab, report: Report, notes: Notes): Promise<void> {
  const names = settings.flatMap(({ thread }) =>
    peers.flatMap(({ label }) => ["build", ...Object.keys(runs)].map((run) => nameOf(run, thread, label))),
  );
  await withFaiss(lab, names, notes, async (faiss) => {
    const exact = await exactSearcher(lab.base);
    const truth = (await exact.find(lab.queries, k)).rows;
    for (const { threads, thread } of settings) {
      const start = performance.now();
      const searcher = await openHnsw(exact.source, threads);
      const built = performance.now() - start;
      const recall = 1 - differentHits((await searcher.find(lab.queries, k)).rows, truth);
      notes.figure(`search.hnsw${thread}.recall`, recall, "of the 10 nearest");
      if (recall < wantedRecall) throw new PatchlabError(`our recall is ${recall} where ${wantedRecall} is compared`);
      const ours = { searcher, built, threads, thread };
      for (const peer of peers) await against(peer, ours, { ...lab, truth, faiss }, report, notes);
      await searcher.close();
    }
    await exact.close();
  });
}

interface Ours {
  searcher: Searcher;
  /** milliseconds */
  built: number;
  threads: number;
  thread: string;
}

async function against(
  { label, graph }: (typeof peers)[number],
  { searcher, built, threads, thread }: Ours,
  { queries, truth, faiss }: SearchLab & { truth: Int32Array; faiss: Faiss },
  report: Report,
  notes: Notes,
): Promise<void> {
  const peer = await faiss.build(graph, threads);
  report(nameOf("build", thread, label), { ratio: peer / built, ours: built, peer });
  const { search, recall } = await equalSearch(faiss, truth, queries.rows, threads);
  notes.figure(`search.hnsw${thread}.recall.${label}`, recall, "of the 10 nearest");
  for (const [run, options] of Object.entries(runs))
    report(nameOf(run, thread, label), await compareSearches(searcher, faiss, queries, search, options));
}

function openHnsw(source: VectorSource, threads: number): Promise<Searcher> {
  const ids = Float64Array.from({ length: source.rows }, (_, i) => i);
  return hnswSearcher(source, { ids, identity: "bench", threads, ...graph });
}

/** FAISS's fastest search that finds enough. */
async function equalSearch(
  faiss: Faiss,
  truth: Int32Array,
  queries: number,
  threads: number,
): Promise<{ search: Omit<FaissSearch, "oneByOne">; recall: number }> {
  for (const efSearch of widths) {
    const search = { kind: "hnsw", k, threads, efSearch } as const;
    const recall = 1 - differentHits(await faiss.rows({ ...search, oneByOne: false }, queries), truth);
    if (recall >= wantedRecall) return { search, recall };
  }
  throw new PatchlabError(`FAISS's HNSW does not reach a recall of ${wantedRecall} with ${widths.at(-1)} candidates`);
}

function nameOf(run: string, thread: string, peer: string): string {
  return `search.hnsw.${run}${thread}.vs.${peer}`;
}
