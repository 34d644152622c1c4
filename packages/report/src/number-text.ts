/**
 * A number for people: whole numbers whole, others with four decimals, very large and very
 * small ones with a power of ten.
 */
export function number(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value);
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return String(value);
  if (size >= 1e6 || size < 1e-3) return value.toExponential(3);
  return value.toFixed(size >= 1000 ? 1 : 4);
}

/** The same with `,` between thousands: for pages. */
export function grouped(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e15
    ? value.toLocaleString('en')
    : number(value);
}

/** The same with its sign, for differences. */
export function difference(value: number): string {
  return value > 0 ? `+${number(value)}` : number(value);
}

/** `0.7130 ± 0.0120`; without a spread where there is none. */
export function spread(mean: number, std: number): string {
  return Number.isNaN(std) ? number(mean) : `${number(mean)} ± ${number(std)}`;
}

/** `[0.6950, 0.7310]`, or `null` where there is no interval. */
export function interval(low: number, high: number): string | null {
  return Number.isNaN(low) ? null : `[${number(low)}, ${number(high)}]`;
}

/** Seconds for people: `52 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/**
 * The value as JSON text. JSON has no NaN and no infinities: they become the strings `"NaN"`,
 * `"Infinity"`, `"-Infinity"` instead of a silent `null`.
 */
export function toJson(value: unknown): string {
  const replace = (_: string, item: unknown) =>
    typeof item === 'number' && !Number.isFinite(item) ? String(item) : item;
  return JSON.stringify(value, replace, 2);
}
