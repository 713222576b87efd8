/** Where the ticks of an axis stand, and where its values lie. */

export interface Axis {
  /** 0 at the beginning of the axis, 1 at its end */
  place(value: number): number;
  ticks: { at: number; text: string }[];
}

export interface AxisRule {
  readonly scale: "linear" | "log";
  /** values that get a tick, whatever else is round @default round numbers around all values */
  readonly ticks?: readonly number[];
  /** values that the axis reaches at least */
  readonly reach?: readonly number[];
  /** how a tick reads @default as a number */
  readonly text?: (value: number) => string;
}

/** An axis over all of the values, from one round number to another, or where ticks are given from the least to the most of both. */
export function axisOf(values: readonly number[], rule: "linear" | "log" | AxisRule): Axis {
  const { scale, ticks, reach = [], text }: AxisRule = typeof rule === "string" ? { scale: rule } : rule;
  const all = [...values, ...reach, ...(ticks ?? [])];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  if (ticks) return tickedAxis(low, high, scale, ticks, text);
  return scale === "log" ? logAxis(low, high, text) : linearAxis(low, high, text);
}

function tickedAxis(
  low: number,
  high: number,
  scale: AxisRule["scale"],
  ticks: readonly number[],
  text: AxisRule["text"],
): Axis {
  const along = scale === "log" ? Math.log : (value: number) => value;
  const span = along(high) - along(low);
  // one value alone stands in the middle
  const place = (value: number): number => (span === 0 ? 0.5 : (along(value) - along(low)) / span);
  return { place, ticks: ticks.map((tick) => ({ at: place(tick), text: text?.(tick) ?? String(tick) })) };
}

/** Steps of 1, 2 or 5 times a power of ten, four to nine of them. */
function linearAxis(low: number, high: number, text: AxisRule["text"]): Axis {
  const span = high - low || Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = [1, 2, 5, 10].map((n) => n * power).find((size) => span / size <= 6)!;
  const [first, last] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)];
  const end = Math.max(last, first + 1);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks = Array.from({ length: end - first + 1 }, (_, i) => (first + i) * step);
  const place = (value: number) => (value / step - first) / (end - first);
  return { place, ticks: ticks.map((tick) => ({ at: place(tick), text: text?.(tick) ?? tickText(tick, digits) })) };
}

/** The powers of ten, with 2 and 5 between them where they are few. */
function logAxis(low: number, high: number, text: AxisRule["text"]): Axis {
  const steps = Math.log10(high / low) > 2 ? [1] : [1, 2, 5];
  const all = Array.from({ length: 40 }, (_, i) => steps.map((n) => n * 10 ** (i - 20))).flat();
  const from = all.findLastIndex((tick) => tick <= low * (1 + 1e-9));
  const to = Math.max(
    from + 1,
    all.findIndex((tick) => tick >= high * (1 - 1e-9)),
  );
  const place = (value: number) => Math.log(value / all[from]) / Math.log(all[to] / all[from]);
  return {
    place,
    ticks: all.slice(from, to + 1).map((tick) => ({
      at: place(tick),
      text: text?.(tick) ?? tickText(tick, Math.max(0, -Math.floor(Math.log10(tick) + 1e-9))),
    })),
  };
}

function tickText(value: number, digits: number): string {
  return value
    .toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })
    .replace("-", "\u2212");
}
