/** A map's points as SVG, for still pictures and until Plotly has drawn its own. */
import type { Matrix } from "../core/numeric/matrix.js";
import { seededRandom } from "../core/numeric/random.js";
import { type Categories, none } from "./categories.js";
import { markPath } from "./marks.js";
import { uncategorised } from "./palette.js";

/** Points in a box, one unit of the map as long in both directions. */
export interface Placed {
  xs: Float32Array;
  ys: Float32Array;
}

/** Height over width of a box that the points fill well, neither a strip nor a tower. */
export function heightRatio(points: Matrix): number {
  const { left, right, bottom, top } = extent(points);
  const ratio = (top - bottom) / (right - left);
  return Number.isFinite(ratio) ? Math.round(100 * Math.min(0.9, Math.max(0.5, ratio))) / 100 : 0.6;
}

/** Fits the points into a box with a border of `margin`; y grows upwards in the map and downwards in the box. */
export function placePoints(points: Matrix, width: number, height: number, margin: number): Placed {
  const { data, rows } = points;
  const { left, right, bottom, top } = extent(points);
  const spans = [(width - 2 * margin) / (right - left), (height - 2 * margin) / (top - bottom)];
  const scale = Math.min(...spans.filter(Number.isFinite), 1e6);
  const xs = Float32Array.from({ length: rows }, (_, i) => width / 2 + scale * (data[2 * i] - (left + right) / 2));
  const ys = Float32Array.from({ length: rows }, (_, i) => height / 2 - scale * (data[2 * i + 1] - (bottom + top) / 2));
  return { xs, ys };
}

function extent({ data, rows }: Matrix): { left: number; right: number; bottom: number; top: number } {
  const box = { left: Infinity, right: -Infinity, bottom: Infinity, top: -Infinity };
  for (let i = 0; i < rows; i++) {
    box.left = Math.min(box.left, data[2 * i]);
    box.right = Math.max(box.right, data[2 * i]);
    box.bottom = Math.min(box.bottom, data[2 * i + 1]);
    box.top = Math.max(box.top, data[2 * i + 1]);
  }
  return box;
}

/** Points that are drawn as SVG: renderers take a tenth of a millisecond and more for each. */
export const mostMarks = 4000;

/**
 * Which of `n` points are drawn: all up to `most`, else one of each of `most` equal stretches, by chance, so that an
 * order that repeats (such as one picture of each kind in turn) cannot drop a kind. The same every time.
 */
export function drawnPoints(n: number, most: number = mostMarks): number[] {
  if (n <= most) return Array.from({ length: n }, (_, i) => i);
  const random = seededRandom(0);
  return Array.from({ length: most }, (_, k) => {
    const [from, to] = [Math.floor((k * n) / most), Math.floor(((k + 1) * n) / most)];
    return from + Math.floor(random() * (to - from));
  });
}

/** One path a category, of at most `mostMarks` points. */
export function scatterPaths({ xs, ys }: Placed, categories: Categories, radius: number): string {
  const paths = new Map<number, string[]>();
  for (const i of drawnPoints(xs.length)) {
    const place = categories.of[i];
    const symbol = place === none ? "circle" : categories.list[place].symbol;
    const path = paths.get(place) ?? [];
    path.push(markPath(symbol, xs[i], ys[i], radius));
    paths.set(place, path);
  }
  return [...paths]
    .sort(([a], [b]) => b - a)
    .map(([place, path]) => {
      const colour = place === none ? uncategorised : categories.list[place].colour;
      return `<path d="${path.join("")}" fill="${colour}" stroke="#000" stroke-opacity=".25" stroke-width="${radius < 3 ? 0.2 : 0.6}"/>`;
    })
    .join("");
}
