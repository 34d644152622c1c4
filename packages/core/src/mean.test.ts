import { expect, it } from 'vitest';
import { mean } from './mean.ts';

it('is the sum from the left over the count, of any list of numbers', () => {
  expect(mean([1, 2, 6])).toBe(3);
  expect(mean(Float32Array.of(0.5, 1))).toBe(0.75);
  expect(mean([1e16, 1, -1e16])).toBe(0); // the 1 is lost as in any sum from the left
  expect(mean([])).toBeNaN();
});
