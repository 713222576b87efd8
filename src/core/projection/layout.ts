/**
 * Lays out a weighted graph in the plane by stochastic gradient descent: neighbours attract each other as often as
 * their weight says, and each time five rows drawn at random are pushed away.
 *
 * @see McInnes, Healy & Melville 2018, arXiv:1802.03426, section 3.2
 */
import { seededRandom } from "../numeric/random.js";
import type { Curve } from "./curve.js";
import type { Graph } from "./fuzzy-set.js";

export interface LayoutOptions {
  curve: Curve;
  epochs: number;
  seed: number;
  onEpoch?: (done: number) => void;
}

/** rows pushed away for each attraction */
const negatives = 5;
/** the longest move along one axis at full rate */
const longest = 4;
/** table entries for a unit of distance, and how many units the tables reach */
const resolution = 256;
const reach = 80;

/** Moves `points` [n, 2], in place. */
export function layout(points: Float64Array, graph: Graph, options: LayoutOptions): void {
  const edges = scheduleEdges(graph, options.epochs);
  const forces = forceTables(options.curve);
  const state = { points, edges, forces, random: Int32Array.of(startState(options.seed)) };
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    runEpoch(state, epoch, 1 - epoch / options.epochs);
    options.onEpoch?.(epoch + 1);
  }
}

interface Edges {
  heads: Int32Array;
  tails: Int32Array;
  /** epochs between two attractions, and the epoch of the next one */
  every: Float64Array;
  next: Float64Array;
  /** the epoch up to which rows were pushed away */
  pushed: Float64Array;
}

/** Edges too weak to be drawn even once are left out. */
function scheduleEdges({ starts, columns, weights }: Graph, epochs: number): Edges {
  let strongest = 0;
  for (const w of weights) if (w > strongest) strongest = w;
  const kept = weights.reduce((count, w) => count + (w >= strongest / epochs ? 1 : 0), 0);
  const heads = new Int32Array(kept);
  const tails = new Int32Array(kept);
  const every = new Float64Array(kept);
  let at = 0;
  for (let i = 0; i + 1 < starts.length; i++) {
    for (let e = starts[i]; e < starts[i + 1]; e++) {
      if (weights[e] < strongest / epochs) continue;
      heads[at] = i;
      tails[at] = columns[e];
      every[at++] = strongest / weights[e];
    }
  }
  return { heads, tails, every, next: every.slice(), pushed: every.map((v) => v / negatives) };
}

interface Forces {
  /** coefficients of the difference between two points, by their distance */
  attraction: Float64Array;
  repulsion: Float64Array;
  curve: Curve;
}

function attractionAt({ a, b }: Curve, squared: number): number {
  const power = squared ** b;
  return (-2 * a * b * power) / squared / (a * power + 1);
}

function repulsionAt({ a, b }: Curve, squared: number): number {
  // the constant keeps the push finite where two points meet
  return (2 * b) / ((0.001 + squared) * (a * squared ** b + 1));
}

function forceTables(curve: Curve): Forces {
  const squares = Float64Array.from({ length: reach * resolution + 2 }, (_, i) =>
    Math.max((i / resolution) ** 2, 1e-12),
  );
  return {
    attraction: squares.map((d) => attractionAt(curve, d)),
    repulsion: squares.map((d) => repulsionAt(curve, d)),
    curve,
  };
}

/** A state for xorshift, which may not be 0. */
function startState(seed: number): number {
  return Math.floor(seededRandom(seed)() * 2 ** 32) | 1;
}

interface State {
  points: Float64Array;
  edges: Edges;
  forces: Forces;
  random: Int32Array;
}

function clip(move: number): number {
  return Math.max(-longest, Math.min(longest, move));
}

/** One pass over the edges: one long function on local variables, since nearly all of a map's time is spent here. */
function runEpoch({ points, edges, forces, random }: State, epoch: number, rate: number): void {
  const { heads, tails, every, next, pushed } = edges;
  const { attraction, repulsion, curve } = forces;
  const n = points.length / 2;
  const limit = reach * reach;
  let bits = random[0];
  for (let e = 0; e < heads.length; e++) {
    if (next[e] > epoch) continue;
    next[e] += every[e];
    const i = 2 * heads[e];
    const j = 2 * tails[e];
    let x = points[i];
    let y = points[i + 1];
    let dx = x - points[j];
    let dy = y - points[j + 1];
    let squared = dx * dx + dy * dy;
    if (squared > 0) {
      let pull: number;
      if (squared < limit) {
        const at = Math.sqrt(squared) * resolution;
        const cell = at | 0;
        pull = attraction[cell] + (at - cell) * (attraction[cell + 1] - attraction[cell]);
      } else pull = attractionAt(curve, squared);
      const mx = clip(pull * dx) * rate;
      const my = clip(pull * dy) * rate;
      x += mx;
      y += my;
      points[j] -= mx;
      points[j + 1] -= my;
    }
    const step = every[e] / negatives;
    const pushes = Math.floor((epoch - pushed[e]) / step);
    pushed[e] += pushes * step;
    for (let p = 0; p < pushes; p++) {
      // xorshift (Marsaglia 2003), written out here for its speed
      bits ^= bits << 13;
      bits ^= bits >>> 17;
      bits ^= bits << 5;
      const k = 2 * Math.floor(((bits >>> 0) * n) / 4294967296);
      if (k === i) continue;
      dx = x - points[k];
      dy = y - points[k + 1];
      squared = dx * dx + dy * dy;
      if (squared >= limit) continue;
      if (squared > 0) {
        const at = Math.sqrt(squared) * resolution;
        const cell = at | 0;
        const push = repulsion[cell] + (at - cell) * (repulsion[cell + 1] - repulsion[cell]);
        x += clip(push * dx) * rate;
        y += clip(push * dy) * rate;
      } else {
        x += longest * rate;
        y += longest * rate;
      }
    }
    points[i] = x;
    points[i + 1] = y;
  }
  random[0] = bits;
}
