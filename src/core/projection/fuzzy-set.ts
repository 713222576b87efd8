/** The weighted graph that a map is laid out by: how strongly each row belongs with each of its neighbours. */

/** Neighbours of n rows without the rows themselves, nearest first: [n, k] each. */
export interface NeighbourTable {
  indices: Int32Array;
  distances: Float32Array;
  n: number;
  k: number;
}

/** A symmetric sparse matrix: the entries of row i are at starts[i] up to starts[i + 1], by column. */
export interface Graph {
  starts: Int32Array;
  columns: Int32Array;
  weights: Float64Array;
}

/**
 * The fuzzy union of the rows' neighbourhoods: weights fall with the distance beyond the nearest neighbour, at a rate
 * that gives every row the same total, and w + v - w v joins the two directions of a pair.
 *
 * @see McInnes, Healy & Melville 2018, arXiv:1802.03426, section 3.1
 */
export function fuzzySet(table: NeighbourTable): Graph {
  const directed = sortedRows(table, memberships(table));
  return union(directed, transpose(directed, table.n));
}

function memberships({ distances, n, k }: NeighbourTable): Float64Array {
  const weights = new Float64Array(n * k);
  let total = 0;
  for (const d of distances) total += d;
  for (let i = 0; i < n; i++) {
    const own = distances.subarray(i * k, (i + 1) * k);
    const nearest = own.find((d) => d > 0) ?? 0;
    let sum = 0;
    for (const d of own) sum += d;
    // a width of next to nothing would cut off all but the nearest
    const least = 1e-3 * (nearest > 0 ? sum / k : total / (n * k));
    const width = Math.max(smoothWidth(own, nearest), least);
    for (let j = 0; j < k; j++) {
      const beyond = own[j] - nearest;
      weights[i * k + j] = beyond <= 0 || width === 0 ? 1 : Math.exp(-beyond / width);
    }
  }
  return weights;
}

/** The width at which the memberships add up to log2 of the neighbourhood's size, which counts the row itself. */
function smoothWidth(distances: Float32Array, nearest: number): number {
  const target = Math.log2(distances.length + 1);
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let width = 1;
  for (let step = 0; step < 64; step++) {
    let sum = 0;
    for (let j = 0; j < distances.length; j++) {
      const beyond = distances[j] - nearest;
      sum += beyond > 0 ? Math.exp(-beyond / width) : 1;
    }
    if (Math.abs(sum - target) < 1e-5) break;
    if (sum > target) high = width;
    else low = width;
    width = high === Number.POSITIVE_INFINITY ? width * 2 : (low + high) / 2;
  }
  return width;
}

/** The directed graph with each row's entries by column instead of by distance. */
function sortedRows({ indices, n, k }: NeighbourTable, weights: Float64Array): Graph {
  const starts = Int32Array.from({ length: n + 1 }, (_, i) => i * k);
  const order = new Float64Array(k);
  const graph = { starts, columns: new Int32Array(n * k), weights: new Float64Array(n * k) };
  for (let at = 0; at < n * k; at += k) {
    // column and place in one number sort natively
    for (let j = 0; j < k; j++) order[j] = indices[at + j] * k + j;
    order.sort();
    for (let j = 0; j < k; j++) {
      graph.columns[at + j] = Math.floor(order[j] / k);
      graph.weights[at + j] = weights[at + (order[j] % k)];
    }
  }
  return graph;
}

/** Counting sort by column; entries stay in the order of their rows. */
function transpose({ starts, columns, weights }: Graph, n: number): Graph {
  const ends = new Int32Array(n + 1);
  for (const c of columns) ends[c + 1]++;
  for (let i = 0; i < n; i++) ends[i + 1] += ends[i];
  const turned = { starts: ends.slice(), columns: new Int32Array(columns.length), weights: weights.slice() };
  for (let i = 0; i < n; i++) {
    for (let e = starts[i]; e < starts[i + 1]; e++) {
      const to = ends[columns[e]]++;
      turned.columns[to] = i;
      turned.weights[to] = weights[e];
    }
  }
  return turned;
}

/** Merges the sorted rows of two graphs. */
function union(a: Graph, b: Graph): Graph {
  const n = a.starts.length - 1;
  const most = a.columns.length + b.columns.length;
  const out = { starts: new Int32Array(n + 1), columns: new Int32Array(most), weights: new Float64Array(most) };
  let count = 0;
  for (let i = 0; i < n; i++) {
    let p = a.starts[i];
    let q = b.starts[i];
    while (p < a.starts[i + 1] || q < b.starts[i + 1]) {
      const left = p < a.starts[i + 1] ? a.columns[p] : n;
      const right = q < b.starts[i + 1] ? b.columns[q] : n;
      const w = left <= right ? a.weights[p++] : 0;
      const v = right <= left ? b.weights[q++] : 0;
      out.columns[count] = Math.min(left, right);
      out.weights[count++] = w + v - w * v;
    }
    out.starts[i + 1] = count;
  }
  return { ...out, columns: out.columns.slice(0, count), weights: out.weights.slice(0, count) };
}
