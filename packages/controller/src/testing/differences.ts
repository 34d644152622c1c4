import { expect } from 'vitest';

/** (f(x + h) − f(x − h)) / 2h at one place of `values`, which are as before afterwards. */
export function difference(values: Float64Array, at: number, f: () => number, h = 1e-5): number {
  const old = values[at] as number;
  values[at] = old + h;
  const above = f();
  values[at] = old - h;
  const below = f();
  values[at] = old;
  return (above - below) / (2 * h);
}

/** Every element of `gradient` is the central difference of `f` there. */
export function expectGradient(
  values: Float64Array,
  gradient: Float64Array,
  f: () => number,
): void {
  values.forEach((_, at) => {
    expect(gradient[at], `element ${at}`).toBeCloseTo(difference(values, at, f), 7);
  });
}

/** Numbers in ±1 with no obvious period. */
export function wave(size: number, phase: number): Float64Array {
  return Float64Array.from({ length: size }, (_, at) => Math.sin(12.9898 * (at + 1) + phase));
}
