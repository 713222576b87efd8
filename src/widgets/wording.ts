/** How numbers and sizes read in captions: grouped thousands, whole percentages, the unit always with the number. */

const grouped = new Intl.NumberFormat("en");
const significantDigits = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

/** 12345 as "12,345". */
export function count(n: number): string {
  return grouped.format(n);
}

/** "1 picture", "1,200 pictures"; `plural` for nouns that take more than an s. */
export function counted(n: number, noun: string, plural: string = `${noun}s`): string {
  return `${count(n)} ${n === 1 ? noun : plural}`;
}

/** 0.374 as "37 %"; shares that round to an end without being there keep a digit. */
export function percent(share: number): string {
  const rounded = Math.round(share * 100);
  const misleading = (rounded === 0 && share > 0) || (rounded === 100 && share < 1);
  return `${misleading ? (share * 100).toFixed(1) : rounded} %`;
}

/** How a percentile reads: "above 62 % of random pairs". */
export function abovePairs(percentile: number): string {
  if (percentile >= 100) return "above all random pairs";
  if (percentile <= 0) return "above no random pair";
  return `above ${percentileText(percentile)} of random pairs`;
}

/** 62.9 as "62 %": cut, so that nothing short of all reads as 100; close to an end it keeps up to two digits. */
export function percentileText(percentile: number): string {
  const fromEnd = Math.min(percentile, 100 - percentile);
  const digits = fromEnd >= 1 || fromEnd === 0 ? 0 : fromEnd >= 0.1 ? 1 : 2;
  // 0.29 * 100 is less than 29 by the last bit
  return `${(Math.floor(percentile * 10 ** digits + 1e-9) / 10 ** digits).toFixed(digits)} %`;
}

/** Two decimals with a true minus sign. */
export function decimal(value: number, digits = 2): string {
  return value.toFixed(digits).replace("-", "\u2212");
}

/** A score from 0 to 1; without a query there is none. */
export function score(value: number): string {
  return Number.isFinite(value) ? decimal(value, 3) : "–";
}

/** Three significant digits: 0.0123, 4.56, 150, 1,230. */
export function significant(value: number): string {
  return significantDigits.format(value);
}

/** "efficientnet-lite0 at 448 px", from what is known of it. */
export function modelAtSize(modelName?: string, size?: number | readonly [height: number, width: number]): string {
  const name = modelName ?? "a model not named here";
  if (size === undefined) return name;
  if (typeof size === "number") return `${name} at ${size} px`;
  return size[0] === size[1] ? `${name} at ${size[0]} px` : `${name} at ${size[0]} x ${size[1]} px`;
}

/** An accuracy of so many rows: whole percentages, and a digit more where there are rows for it. */
export function accuracy(share: number, rows: number): string {
  if (!Number.isFinite(share)) return "–";
  return rows < 1000 ? percent(share) : `${(100 * share).toFixed(1)} %`;
}

/** "p = 0.035", "p < 0.001", never broken over lines. */
export function probability(p: number): string {
  if (p < 0.001) return "p\u00a0<\u00a00.001";
  return p >= 0.995 ? "p\u00a0=\u00a01" : `p\u00a0=\u00a0${Number(p.toPrecision(2))}`;
}

/** "C = 0.1": settings of a training by name. */
export function settingsWords(chosen: Readonly<Record<string, number>>): string[] {
  return Object.entries(chosen).map(([name, value]) => `${name} = ${significant(value)}`);
}

/** "a, b and c". */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

/** A name as it stands in a sentence: within quotation marks where it would break the sentence up. */
export function named(name: string): string {
  return /[,;:.!?]\s/.test(name) ? `\u201c${name}\u201d` : name;
}

/** A sentence's first letter as a capital. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
