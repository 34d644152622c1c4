import { tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';
import { GradientSum } from './gradient-sum.ts';

const one = (values: Record<string, number>) =>
  new Map(Object.entries(values).map(([name, value]) => [name, tf.tensor1d([value, -value])]));
const read = (sum: GradientSum) =>
  Object.fromEntries([...sum.gradients].map(([name, g]) => [name, [...g.dataSync()]]));

describe('a sum of gradients', () => {
  it('adds by parameter, shares included, and leaves out what was never reached', () => {
    const sum = new GradientSum();
    for (const gradients of [one({ a: 1, b: 4 }), one({ b: 2, c: 8 })]) sum.add(gradients, 0.5);
    expect(read(sum)).toEqual({ a: [0.5, -0.5], b: [3, -3], c: [4, -4] });
  });

  it('of one pass is that pass itself', () => {
    const sum = new GradientSum();
    const gradients = one({ a: 1 });
    sum.add(gradients);
    expect(sum.gradients.get('a')).toBe(gradients.get('a'));
  });

  it('frees its own tensors and no other', () => {
    const given = [one({ a: 1, b: 1 }), one({ a: 2 }), one({ a: 3, c: 1 })];
    const before = tf.memory().numTensors;
    for (const share of [1, 0.25]) {
      const sum = new GradientSum();
      for (const gradients of given) sum.add(gradients, share);
      expect(read(sum).a).toEqual([6 * share, -6 * share]);
      sum.dispose();
      expect(tf.memory().numTensors).toBe(before);
    }
    expect([...(given[2]?.get('a')?.dataSync() ?? [])]).toEqual([3, -3]);
  });
});
