/** Sets that grow together. @see Tarjan 1975, doi:10.1145/321879.321884 */
export interface UnionFind {
  /** what stands for the set of `item`: its lowest member */
  find(item: number): number;
  /** Makes one set of two. Returns whether they were two. */
  join(a: number, b: number): boolean;
}

/** @param items 0 … items - 1, each in a set of its own */
export function unionFind(items: number): UnionFind {
  const parent = Int32Array.from({ length: items }, (_, i) => i);
  const find = (item: number): number => {
    while (parent[item] !== item) {
      // halving: each item on the way is hung up one higher
      parent[item] = parent[parent[item]];
      item = parent[item];
    }
    return item;
  };
  return {
    find,
    join(a, b) {
      const [x, y] = [find(a), find(b)];
      parent[Math.max(x, y)] = Math.min(x, y);
      return x !== y;
    },
  };
}
