/** Where the ticks of an axis stand, and where its values lie. */

export interface Axis {
  /** 0 at the beginning of the axis, 1 at its end */
  place(value: number): number;
  ticks: { at: number; text: string }[];
}

/** An axis over all of the values, from one round number to another. */
export function axisOf(values: readonly number[], scale: "linear" | "log"): Axis {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return scale === "log" ? logAxis(low, high) : linearAxis(low, high);
}

/** Steps of 1, 2 or 5 times a power of ten, four to nine of them. */
function linearAxis(low: number, high: number): Axis {
  const span = high - low || Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = [1, 2, 5, 10].map((n) => n * power).find((size) => span / size <= 6)!;
  const [first, last] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)];
  const end = Math.max(last, first + 1);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks = Array.from({ length: end - first + 1 }, (_, i) => (first + i) * step);
  const place = (value: number) => (value / step - first) / (end - first);
  return { place, ticks: ticks.map((tick) => ({ at: place(tick), text: tickText(tick, digits) })) };
}

/** The powers of ten, with 2 and 5 between them where they are few. */
function logAxis(low: number, high: number): Axis {
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
      text: tickText(tick, Math.max(0, -Math.floor(Math.log10(tick) + 1e-9))),
    })),
  };
}

function tickText(value: number, digits: number): string {
  return value
    .toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })
    .replace("-", "\u2212");
}
