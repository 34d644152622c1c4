import { tf } from '@archer-nas/engine';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { factorizedReduce, factorizedReduceParameters } from './factorized-reduce.ts';
import { RunningStatistics } from './norm-statistics.ts';
import { describeOnEngines } from './testing/engines.ts';
import { expectGradients, wave } from './testing/finite-differences.ts';
import { forwardWith } from './testing/forward.ts';

beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

type Three = [tf.Tensor, tf.Tensor, tf.Tensor];

const options = { outputs: 4 };
const specs = factorizedReduceParameters('op', 3, options);
const run = (x: tf.Tensor, even: tf.Tensor, odd: tf.Tensor, statistics?: RunningStatistics) => {
  const values = { 'op.even.conv.weight': even, 'op.odd.conv.weight': odd };
  const norm = statistics === undefined ? 'batch' : 'train';
  return factorizedReduce(x as tf.Tensor4D, forwardWith(values, norm, statistics), 'op', options);
};

it('has as many parameters as one 1×1 convolution, and no offsets unless affine', () => {
  expect(specs.map(({ name, shape }) => `${name} ${shape.join('×')}`)).toEqual([
    'op.even.conv.weight 1×1×3×2',
    'op.odd.conv.weight 1×1×3×2',
  ]);
  const affine = factorizedReduceParameters('op', 3, { ...options, affine: true });
  const size = affine.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  expect(size).toBe(3 * 4 + 2 * 4);
});

describeOnEngines(() => {
  it('reads even pixels in the first half of the channels and odd ones in the second', () => {
    // One channel; each output channel is the pixel itself, then normalised.
    const pixels = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
    const x = tf.tensor4d(pixels, [1, 4, 4, 1]);
    const one = tf.ones([1, 1, 1, 1]);
    const values = { 'op.even.conv.weight': one, 'op.odd.conv.weight': one };
    const y = factorizedReduce(x, forwardWith(values), 'op', { outputs: 2 });
    expect(y.shape).toEqual([1, 2, 2, 2]);
    // Even: 1, 3, 9, 11, mean 6; odd: 6, 8, 14, 16, mean 11; both have variance 17.
    const expected = [-5, -3, 3, 5].map((d) => d / Math.sqrt(17 + 1e-5));
    y.dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(expected[Math.floor(i / 2)] as number, 5);
    });
  });

  it('reads negative pixels too where it has no ReLU', () => {
    // Even: −1, −3, −9, −11, mean −6, variance 17; with a ReLU all of them are 0.
    const pixels = Array.from({ length: 16 }, (_, i) => -1 - i);
    const x = tf.tensor4d(pixels, [1, 4, 4, 1]);
    const one = tf.ones([1, 1, 1, 1]);
    const forward = forwardWith({ 'op.even.conv.weight': one, 'op.odd.conv.weight': one });
    const y = factorizedReduce(x, forward, 'op', { outputs: 2, relu: false });
    const expected = [5, 3, -3, -5].map((d) => d / Math.sqrt(17 + 1e-5));
    y.dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(expected[Math.floor(i / 2)] as number, 5);
    });
    const rectified = factorizedReduce(x, forward, 'op', { outputs: 2 });
    expect(Array.from(rectified.dataSync())).toEqual(Array(8).fill(0));
  });

  it('keeps what it has computed of the mean of both halves', () => {
    const statistics = new RunningStatistics({ momentum: 1 });
    run(tf.ones([2, 4, 4, 3]), tf.ones([1, 1, 3, 2]), tf.zeros([1, 1, 3, 2]), statistics);
    const means = ['even', 'odd'].map((half) => statistics.get(`op.${half}.norm`, 2).mean);
    expect(means.map((mean) => Array.from(mean.dataSync()))).toEqual([
      [3, 3],
      [0, 0],
    ]);
    statistics.dispose();
  });

  it('has the gradients of finite differences', () => {
    const x = tf.add(wave([2, 4, 4, 3], 0.3), 0.05);
    const weights = specs.map(({ shape }, i) => wave(shape, i));
    expectGradients((...all) => run(...(all as Three)), [x, ...weights], {
      tolerance: 1e-2,
      step: 5e-3,
    });
  });
});
