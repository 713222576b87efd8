/** Times in the unit that reads best. */

const units = [
  ["s", 1],
  ["ms", 1e-3],
  ["µs", 1e-6],
  ["ns", 1e-9],
] as const;

/** Seconds as "1.23 ms", to three digits. */
export function durationText(seconds: number): string {
  const { value, unit } = scaled(seconds, seconds);
  return `${value} ${unit}`;
}

/** `seconds` to three digits of `by`, in the unit of `by`, so that both stand under each other. */
export function scaled(seconds: number, by: number): { value: string; unit: string } {
  const [unit, size] = units.find(([, size]) => by >= size * 0.9995) ?? units[units.length - 1]!;
  const scale = by / size;
  const digits = scale >= 99.95 ? 0 : scale >= 9.995 ? 1 : 2;
  return { value: (seconds / size).toFixed(digits), unit };
}

/** A wait as people say it: "80 ms", "8.0 s", "3 min 20 s", "2 h 5 min". */
export function waitText(seconds: number): string {
  if (seconds < 0.0995) return `${Math.round(seconds * 1e3)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
