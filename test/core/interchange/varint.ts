/** A number in groups of 7 bits, the lowest first, as Parquet's structures and levels hold it. */
export function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}
