/** Exact search against FAISS's flat index. bench/peers.md says how both are set up. */
import { PatchlabError } from "#dist/core/errors.js";
import { exactSearcher } from "#dist/core/retrieval/exact-searcher.js";
import { physicalCores } from "#dist/core/runtime/physical-cores.js";
import type { Notes, Report } from "./main.js";
import type { Faiss } from "./peers/faiss.js";
import { compareSearches, differentHits, k, type SearchLab, type SearchRun, withFaiss } from "./search-lab.js";

const settings = [
  { threads: physicalCores(), label: "vs.faiss" },
  { threads: 1, label: "1-thread.vs.faiss" },
];

const runs: Record<string, SearchRun> = {
  single: { count: 32, oneByOne: true, pairs: 9 },
  batch64: { count: 64, oneByOne: false, pairs: 7 },
};

/** hits that rounding may order otherwise where the last ones are nearly equally near */
const mostDifferent = 0.005;

/** @param lab with 64 queries */
export async function exactSearch(lab: SearchLab, report: Report, notes: Notes): Promise<void> {
  const names = settings.flatMap(({ label }) => Object.keys(runs).map((run) => nameOf(run, label)));
  await withFaiss(lab, names, notes, async (faiss) => {
    await faiss.build({ kind: "flat" }, physicalCores());
    for (const { threads, label } of settings) await measure(lab, faiss, threads, label, report);
  });
}

async function measure(
  { base, queries }: SearchLab,
  faiss: Faiss,
  threads: number,
  label: string,
  report: Report,
): Promise<void> {
  const searcher = await exactSearcher(base, { threads });
  try {
    const search = { kind: "flat", k, threads } as const;
    const { rows } = await searcher.find(queries, k);
    const difference = differentHits(rows, await faiss.rows({ ...search, oneByOne: false }, queries.rows));
    if (difference > mostDifferent)
      throw new PatchlabError(
        `${100 * difference} % of FAISS's hits are not among ours, so that no ratio means anything`,
      );
    for (const [run, options] of Object.entries(runs)) {
      const times = await compareSearches(searcher, faiss, queries, search, options);
      report(nameOf(run, label), { ...times, difference });
    }
  } finally {
    await searcher.close();
  }
}

function nameOf(run: string, label: string): string {
  return `search.exact.${run}.${label}`;
}
