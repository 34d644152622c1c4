import { tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';
import { MapSum } from './map-sum.ts';
import type { Forward } from './network.ts';

const forward: Forward = {
  parameters: { get: () => expect.unreachable('a sum has no parameters') },
  batchNorm: 'batch',
};
const map = (...values: number[]) => tf.tensor4d(values, [1, 1, 1, values.length]);

describe('MapSum', () => {
  it('adds maps and frees its own, not those of others', () => {
    const [other, own, last] = [map(1, 2), map(10, 20), map(100, 200)];
    const sum = new MapSum(forward);
    sum.add(undefined, true);
    expect(sum.total).toBeUndefined();
    sum.add(other, false);
    sum.add(own, true);
    const partial = sum.total;
    sum.add(last, true);
    expect([...(sum.total?.dataSync() ?? [])]).toEqual([111, 222]);
    expect([other, own, last, partial].map((t) => t?.isDisposed)).toEqual([
      false,
      true,
      true,
      true,
    ]);
    sum.dispose();
    expect(sum.total?.isDisposed).toBe(true);
  });

  it('takes the result of a layer that has added for the whole sum', () => {
    const sum = new MapSum(forward);
    expect(sum.take()).toBeUndefined();
    sum.add(map(1), true);
    const taken = sum.take();
    sum.add(tf.add(taken as tf.Tensor4D, 5), true);
    expect(taken?.isDisposed).toBe(true);
    expect([...(sum.total?.dataSync() ?? [])]).toEqual([6]);
    sum.add(map(2), true);
    expect([...(sum.total?.dataSync() ?? [])]).toEqual([8]);
  });

  it('refuses a layer that takes the sum and gives nothing', () => {
    const sum = new MapSum(forward);
    sum.add(map(1), true);
    sum.take();
    expect(() => sum.add(undefined, true)).toThrow(/given nothing/);
  });
});
