/** Numbers of one column as text, all with the same decimals, so that they can be compared at a glance. */

export interface NumberLook {
  /** significant digits of the largest @default 4 */
  readonly digits?: number;
  /** decimals that stay however large the largest is @default 0 */
  readonly leastDecimals?: number;
  /** from here on, and below its inverse, as powers of ten @default 1e6 */
  readonly powersFrom?: number;
}

/** A column of numbers as text. Whole ones stay whole; NaN and infinities are named; what is no number is empty. */
export function numberColumn(values: readonly (number | bigint | undefined)[], look: NumberLook = {}): string[] {
  const finite = values.filter((value): value is number => typeof value === "number" && Number.isFinite(value));
  const write = writerFor(finite, look);
  return values.map((value) => {
    if (value === undefined) return "";
    return typeof value === "number" && Number.isFinite(value) ? write(value) : String(value);
  });
}

function writerFor(values: readonly number[], look: NumberLook): (value: number) => string {
  const { digits = 4, leastDecimals = 0, powersFrom = 1e6 } = look;
  if (values.every((value) => Number.isSafeInteger(value))) return String;
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest >= powersFrom || largest < 1000 / powersFrom) return (value) => value.toExponential(digits - 1);
  const decimals = Math.min(Math.max(digits - 1 - Math.floor(Math.log10(largest)), leastDecimals), 12);
  const needed = values.reduce((most, value) => Math.max(most, decimalsOf(value, decimals)), 0);
  return (value) => withoutMinusZero(value.toFixed(needed));
}

/** How many decimals are left once zeros at the end are gone. */
function decimalsOf(value: number, most: number): number {
  const [, decimals = ""] = value.toFixed(most).split(".");
  return decimals.replace(/0+$/, "").length;
}

function withoutMinusZero(text: string): string {
  return /^-0(?:\.0*)?$/.test(text) ? text.slice(1) : text;
}

/** One number to four digits, as in a summary. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || Number.isSafeInteger(value)) return String(value);
  return size >= 1e6 || size < 1e-6 ? value.toExponential(3) : String(Number(value.toPrecision(4)));
}
