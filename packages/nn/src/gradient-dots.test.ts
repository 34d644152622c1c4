import { tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';
import { gradientDots } from './gradient-dots.ts';

describe('inner products of gradients', () => {
  it('add up over parameters, absent ones being zero, and leave no tensors', () => {
    const a = new Map<string, tf.Tensor>([
      ['x', tf.tensor2d([1, 2, 3, 4], [2, 2])],
      ['y', tf.tensor1d([5])],
    ]);
    const b = new Map<string, tf.Tensor>([
      ['y', tf.tensor1d([-2])],
      ['z', tf.tensor1d([7])],
    ]);
    const before = tf.memory().numTensors;
    expect([...gradientDots([a, b])]).toEqual([55, -10, -10, 53]);
    expect([...gradientDots([new Map(), new Map()])]).toEqual([0, 0, 0, 0]);
    expect([...gradientDots([a, new Map()])]).toEqual([55, 0, 0, 0]);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([...a.values(), ...b.values()]);
  });
});
