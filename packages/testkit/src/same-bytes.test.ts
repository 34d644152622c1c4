import { expect, it } from 'vitest';
import { sameBytes } from './same-bytes.ts';

const floats = (...values: number[]): Float32Array => Float32Array.from(values);

it('knows equal arrays by their bytes, wherever they lie in their memory', () => {
  const inside = floats(7, 1, Number.NaN).subarray(1);
  expect(sameBytes(inside, floats(1, Number.NaN))).toBe(true);
  expect({ state: [inside] }).toStrictEqual({ state: [floats(1, Number.NaN)] });
});

it.each([
  ['another number', floats(1, 2), floats(1, 3)],
  ['another sign of zero', floats(0), floats(-0)],
  ['another length', floats(1), floats(1, 0)],
  ['another type', Int32Array.of(1), Uint32Array.of(1)],
  ['a list', floats(1), [1]],
])('leaves %s to vitest, which tells them apart', (_, one, other) => {
  expect(sameBytes(one, other)).toBeUndefined();
  expect({ state: one }).not.toStrictEqual({ state: other });
});
