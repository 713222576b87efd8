/** A number of bytes for people, in powers of 1,000 as the Hub shows them: "547 bytes", "88.2 MB", "1.22 GB". */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ["kB", "MB", "GB", "TB", "PB"];
  // rounded first, so that 999,500 bytes are 1.00 MB and not 1000 kB
  let value = Number(bytes.toPrecision(3)) / 1000;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${value.toPrecision(3)} ${units[unit]}`;
}
