/** The marks of a scatter plot as SVG paths, the same in legends, in still pictures and (by name) in Plotly. */
import type { MarkSymbol } from "./palette.js";

/** Corners on the unit circle's scale, y downwards; a circle has none. */
const corners: Record<MarkSymbol, readonly (readonly [number, number])[]> = {
  circle: [],
  square: polygon(4, 45, 1.2),
  diamond: polygon(4, 0, 1.3),
  "triangle-up": polygon(3, -90, 1.35),
  "triangle-down": polygon(3, 90, 1.35),
  cross: cross(0),
  x: cross(45),
  star: Array.from({ length: 10 }, (_, i) => point(36 * i - 90, i % 2 === 0 ? 1.45 : 0.62)),
};

function point(degrees: number, radius: number): [number, number] {
  return [radius * Math.cos((degrees * Math.PI) / 180), radius * Math.sin((degrees * Math.PI) / 180)];
}

function polygon(n: number, turn: number, radius: number): [number, number][] {
  return Array.from({ length: n }, (_, i) => point(turn + (360 * i) / n, radius));
}

function cross(turn: number): [number, number][] {
  const [arm, half] = [1.3, 0.42];
  const inner = Math.SQRT2 * half;
  const tip = (Math.atan2(half, arm) * 180) / Math.PI;
  const reach = Math.hypot(arm, half);
  return [0, 90, 180, 270].flatMap((quarter) => [
    point(turn + quarter - tip, reach),
    point(turn + quarter + tip, reach),
    point(turn + quarter + 45, inner),
  ]);
}

/** The path data of one mark around (x, y), about as large as a circle of radius `r`. */
export function markPath(symbol: MarkSymbol, x: number, y: number, r: number): string {
  const n = (v: number): string => String(Math.round(v * 10) / 10);
  if (symbol === "circle") return `M${n(x - r)} ${n(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
  return `M${corners[symbol].map(([dx, dy]) => `${n(x + r * dx)} ${n(y + r * dy)}`).join("L")}z`;
}
