/** Times two ways of doing the same work in turn, so that a change of the machine's speed meets both. */

export type Work = () => unknown | Promise<unknown>;

export interface Comparison {
  /** the median over the pairs of the peer's time divided by ours: above 1 we are faster */
  ratio: number;
  /** median milliseconds */
  ours: number;
  peer: number;
}

/** Runs ours, peer, ours, peer, … `pairs` times after one warm-up each. */
export async function compare(ours: Work, peer: Work, pairs = 5): Promise<Comparison> {
  await ours();
  await peer();
  const times: [number, number][] = [];
  for (let i = 0; i < pairs; i++) times.push([await time(ours), await time(peer)]);
  return {
    ratio: median(times.map(([a, b]) => b / a)),
    ours: median(times.map(([a]) => a)),
    peer: median(times.map(([, b]) => b)),
  };
}

async function time(work: Work): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
