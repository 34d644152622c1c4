import { beforeAll, expect, it } from 'vitest';
import type { FusedLayers, SeparableBlock } from './fused-layers.ts';
import type { LstmInputs } from './fused-recurrent.ts';
import { hostFused } from './host-fused.ts';
import { tf } from './repaired.ts';
import { gradientError, tensor } from './testing/finite-differences.ts';
import { describeOnHosts, use } from './testing/host-engines.ts';

const EPSILON = 1e-5;

type GivenSeparable = Parameters<NonNullable<FusedLayers['separableBatchNormGiven']>>[0];

const matrix = (rows: number, columns: number, seed: number): tf.Tensor2D =>
  tensor([1, 1, rows, columns], seed).reshape([rows, columns]);
const vector = (size: number, seed: number): tf.Tensor1D =>
  tensor([1, 1, 1, size], seed).reshape([size]);

describeOnHosts('layers', (name) => {
  beforeAll(() => use(name));

  it.each([
    { stride: 1, pad: 1, dilation: 1 },
    { stride: 2, pad: 1, dilation: 1 },
    { stride: 1, pad: 2, dilation: 2 },
    { stride: 2, pad: 2, dilation: 2 },
  ])('separable blocks have the gradients of finite differences: %o', (geometry) => {
    const run = (...all: tf.Tensor[]) => {
      const [x, depthwise, pointwise, gamma, beta] = all;
      const block = { depthwise, pointwise, gamma, beta, ...geometry } as SeparableBlock;
      const given = { x: x as tf.Tensor4D, blocks: [block] };
      return hostFused.separableBatchNorm(given, { relu: false, epsilon: EPSILON }).output;
    };
    const filters = [tensor([3, 3, 3, 1], 2), tensor([1, 1, 3, 2], 3)];
    const inputs = [tensor([4, 5, 5, 3], 1), ...filters, vector(2, 4), vector(2, 5)];
    expect(gradientError(run, inputs, 0.01)).toBeLessThan(5e-3);
  });

  it('separable blocks with given statistics and no scale have gradients', () => {
    const [mean, variance] = [vector(2, 6), tf.add<tf.Tensor1D>(tf.square(vector(2, 7)), 0.5)];
    const run = (...all: tf.Tensor[]) => {
      const [x, depthwise, pointwise] = all as tf.Tensor4D[];
      const given = { x, depthwise, pointwise, mean, variance } as GivenSeparable;
      const options = { relu: false, stride: 1, pad: 1, epsilon: EPSILON };
      return hostFused.separableBatchNormGiven(given, options);
    };
    const filters = [tensor([3, 3, 3, 1], 2), tensor([1, 1, 3, 2], 3)];
    expect(gradientError(run, [tensor([2, 4, 4, 3], 1), ...filters], 0.01)).toBeLessThan(2e-3);
  });

  it('begins a separable block with a ReLU and adds the addend', () => {
    // Every pixel is −1 before the ReLU: nothing is left but the addend and beta.
    const x = tf.fill([2, 3, 3, 1], -1) as tf.Tensor4D;
    const depthwise = tf.ones([3, 3, 1, 1]) as tf.Tensor4D;
    const pointwise = tf.ones([1, 1, 1, 2]) as tf.Tensor4D;
    const beta = tf.tensor1d([1, 2]);
    const addend = tf.fill([2, 3, 3, 2], 10) as tf.Tensor4D;
    const blocks = [{ depthwise, pointwise, beta, gamma: tf.ones([2]), stride: 1, pad: 1 }];
    const options = { relu: true, epsilon: EPSILON };
    const given = { x, blocks: blocks as SeparableBlock[], addend };
    const { output, statistics } = hostFused.separableBatchNorm(given, options);
    expect([...output.dataSync().slice(0, 2)]).toEqual([11, 12]);
    expect([...(statistics[0]?.variance.dataSync() ?? [])]).toEqual([0, 0]);
  });

  it('lstmStep gives what its equations give, by hand', () => {
    const one = (value: number) => tf.tensor2d([value], [1, 1]);
    const weights = (...values: number[]) => tf.tensor2d(values, [1, 4]);
    // Gates i, f, g, o: ln 3, 0, ln 2, −ln 3 make 3/4, 1/2, 3/5, 1/4.
    const bias = tf.tensor1d([Math.log(3), 0, Math.log(2), -Math.log(3)]);
    const zeros = weights(0, 0, 0, 0);
    const given = { x: one(1), h: one(1), c: one(2), inputWeights: zeros, hiddenWeights: zeros };
    const { h, c } = hostFused.lstmStep({ ...given, bias });
    const cell = 0.5 * 2 + 0.75 * 0.6;
    expect(c.dataSync()[0]).toBeCloseTo(cell, 5);
    expect(h.dataSync()[0]).toBeCloseTo(0.25 * Math.tanh(cell), 5);
  });

  it('highwayNode is s + σ(c)(f(v) − s), by hand', () => {
    const one = (value: number) => tf.tensor2d([value], [1, 1]);
    const state = { of: one(0.5), gate: one(2 * Math.log(3)), value: one(2) };
    const input = { of: one(9), mask: one(0), gate: one(1), value: one(1) };
    const y = hostFused.highwayNode({ state, input }, 'tanh');
    expect(y.dataSync()[0]).toBeCloseTo(0.5 + 0.75 * (Math.tanh(1) - 0.5), 5);
  });

  it('lstmStep and mixture have the gradients of finite differences', () => {
    const lstm = (...all: tf.Tensor[]) => {
      const [x, h, c, inputWeights, hiddenWeights] = all as tf.Tensor2D[];
      const given = { x, h, c, inputWeights, hiddenWeights, bias: all[5] } as LstmInputs;
      const state = hostFused.lstmStep(given);
      return tf.concat([state.h, state.c], 1);
    };
    const states = [matrix(2, 3, 1), matrix(2, 2, 2), matrix(2, 2, 3)];
    const weights = [matrix(3, 8, 4), matrix(2, 8, 5), vector(8, 6)];
    expect(gradientError(lstm, [...states, ...weights], 0.01)).toBeLessThan(2e-3);
    const mixture = (...all: tf.Tensor[]) =>
      hostFused.mixture(all.slice(0, 2), all[2] as tf.Tensor1D);
    const maps = [tensor([1, 2, 2, 2], 1), tensor([1, 2, 2, 2], 2), vector(2, 3)];
    expect(gradientError(mixture, maps)).toBeLessThan(1e-4);
  });

  it('adamStep steps as PyTorch documents it, with decay in the gradient or apart', () => {
    for (const decoupled of [false, true]) {
      const value = tf.variable(tf.tensor1d([1]));
      const [first, second] = [0, 0].map((v) => tf.variable(tf.tensor1d([v])));
      const moments = { first: first as tf.Variable, second: second as tf.Variable };
      const options = { learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1, decoupled };
      const given = { value, ...moments, gradient: tf.tensor1d([2]), step: 1 };
      hostFused.adamStep([given], { ...options, weightDecay: 0.5 });
      // The first step's corrected moments are g and g²: w − 0.1·g/(g + 1), g = 2 or 2.5.
      const wanted = decoupled ? 0.95 - (0.1 * 2) / 3 : 1 - (0.1 * 2.5) / 3.5;
      expect(value.dataSync()[0]).toBeCloseTo(wanted, 5);
    }
  });

  it('norms are those of each tensor', () => {
    const norms = hostFused.norms([tf.tensor1d([3, -4]), tf.tensor2d([[1], [0]])]);
    expect([...norms.dataSync()]).toEqual([5, 1]);
  });
});
