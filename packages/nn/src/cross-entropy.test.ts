import { tf } from '@archer-nas/engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crossEntropy } from './cross-entropy.ts';
import { expectGradients, wave } from './testing/finite-differences.ts';

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const scores = (logits: number[][], labels: number[]): number[] => {
  return [...crossEntropy(tf.tensor2d(logits), Int32Array.from(labels)).score.dataSync()];
};

describe('crossEntropy', () => {
  it('scores samples by the gradient norm of the last layer (check C1 of PA&DA)', () => {
    expect(scores([Array(10).fill(0.3)], [4])[0]).toBeCloseTo(0.9486833, 6);
    const p = [0.7, 0.2, 0.1].map(Math.log);
    const [hit, miss] = scores([p, p], [0, 2]);
    expect(hit).toBeCloseTo(0.3741657, 6);
    expect(miss).toBeCloseTo(1.1575837, 6);
    const z = [2, 1, 0];
    const [first, second, third] = scores([z, z, z], [0, 1, 2]);
    expect(first).toBeCloseTo(0.4243361, 6);
    expect(second).toBeCloseTo(1.0104881, 6);
    expect(third).toBeCloseTo(1.1534652, 6);
  });

  it('gives mean, per-sample losses and hits', () => {
    const logits = tf.tensor2d([
      [2, 1, 0],
      [2, 1, 0],
      [0, 0, 5],
    ]);
    const { mean, perSample, correct } = crossEntropy(logits, Int32Array.of(0, 1, 2));
    const expected = [-Math.log(0.665241), -Math.log(0.2447285), Math.log(1 + 2 * Math.exp(-5))];
    perSample.dataSync().forEach((loss, i) => {
      expect(loss).toBeCloseTo(expected[i] ?? Number.NaN, 5);
    });
    expect(mean.dataSync()[0]).toBeCloseTo(expected.reduce((a, b) => a + b) / 3, 5);
    expect(correct.dataSync()[0]).toBe(2);
  });

  it('weighs samples without dividing by the sum of the weights', () => {
    const logits = tf.zeros([2, 4]) as tf.Tensor2D;
    const weight = Float32Array.of(3, 0.5);
    const { mean, perSample } = crossEntropy(logits, Int32Array.of(0, 1), { weight });
    expect(mean.dataSync()[0]).toBeCloseTo((3.5 * Math.log(4)) / 2, 5);
    expect(perSample.dataSync()[0]).toBeCloseTo(Math.log(4), 5);
  });

  it.each([{}, { weight: Float32Array.of(0.2, 3) }, { labelSmoothing: 0.1 }])(
    'has the gradient of finite differences with %o',
    (options) => {
      const labels = Int32Array.of(2, 0);
      const mean = (z: tf.Tensor): tf.Tensor => {
        return crossEntropy(z as tf.Tensor2D, labels, options).mean;
      };
      expectGradients(mean, [wave([2, 4], 0.5)]);
    },
  );
});
