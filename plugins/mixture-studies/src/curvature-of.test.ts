import { type DataSet, memorySplit } from '@archer-nas/core';
import type { RelaxedView, Rows } from '@archer-nas/nn';
import { expect, it } from 'vitest';
import { curvatureOf } from './curvature-of.ts';

const data = {
  image: { height: 1, width: 1, channels: 1 },
  mean: [0],
  std: [1],
  augmentation: undefined,
} as unknown as DataSet;
const split = memorySplit('valid', Int32Array.of(0), new Uint8Array(1));

it('stops between two gradients when it is asked to', async () => {
  const controller = new AbortController();
  let asked = 0;
  const view = {
    alpha: [Float64Array.of(0, 0)],
    weightDecay: 0,
    gradientAt: (at: Rows) => {
      asked += 1;
      controller.abort();
      return at;
    },
  } as unknown as RelaxedView;
  const { signal } = controller;
  expect(() => curvatureOf(view, { data, split, images: 1, step: 0.01, signal })).toThrow(/abort/i);
  expect(asked).toBe(1);
});
