import { createStreams } from '@archer-nas/core';
import { expect, it } from 'vitest';
import { normalMap } from './normal-map.ts';

it('is N(0, 1), and the same from the same stream', () => {
  const drawn = () => normalMap([10, 10, 10, 10], createStreams(3).stream('noise'));
  const values = drawn().dataSync() as Float32Array;
  expect(drawn().dataSync()).toEqual(values);
  const moment = (k: number) => values.reduce((sum, v) => sum + v ** k, 0) / values.length;
  // Four standard deviations of 10,000 draws: 0.01, 0.014, 0.098.
  expect(Math.abs(moment(1))).toBeLessThan(0.04);
  expect(Math.abs(moment(2) - 1)).toBeLessThan(0.057);
  expect(Math.abs(moment(4) - 3)).toBeLessThan(0.39);
});
