import { hostFused, tf } from '@archer-nas/engine';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { configure } from './candidate.ts';
import { nativeFused } from './fused.ts';
import { describeBuilt } from './testing/built.ts';
import { generator, numbers } from './testing/numbers.ts';

const SETTINGS = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.5 };

describeBuilt('fused updates', (addon, backend) => {
  beforeAll(async () => {
    configure(addon, addon.paths()[0] as string, 2, backend);
    await tf.setBackend(backend);
  });
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  /** Adam in double precision; the value after each step. */
  function adam(start: number, gradients: number[], decoupled: boolean): number[] {
    let [w, m, v] = [start, 0, 0];
    const { learningRate, beta1, beta2, epsilon, weightDecay } = SETTINGS;
    return gradients.map((gradient, i) => {
      let g = gradient;
      if (decoupled) w -= learningRate * weightDecay * w;
      else g += weightDecay * w;
      m = beta1 * m + (1 - beta1) * g;
      v = beta2 * v + (1 - beta2) * g * g;
      const [first, second] = [m / (1 - beta1 ** (i + 1)), v / (1 - beta2 ** (i + 1))];
      w -= (learningRate * first) / (Math.sqrt(second) + epsilon);
      return w;
    });
  }

  it.each([false, true])('adamStep follows Adam, decoupled: %s, in place', (decoupled) => {
    // Odd, so that a vector is not full at the end.
    const starts = numbers(generator(1), 37);
    const value = tf.variable(tf.tensor1d(starts));
    const [first, second] = [0, 0].map(() => tf.variable(tf.zerosLike(value)));
    const gradients = [1, -0.3, 0.02];
    const kept = value.clone();
    const ids: object[] = [];
    gradients.forEach((g, i) => {
      const given = { value, first, second, gradient: tf.fill([37], g), step: i + 1 };
      nativeFused.adamStep([given as Parameter], { ...SETTINGS, decoupled });
      ids.push(value.dataId);
    });
    expect([...kept.dataSync()]).toEqual([...starts]);
    expect(ids[2]).toBe(ids[1]);
    const result = value.dataSync();
    starts.forEach((start, i) => {
      expect(result[i]).toBeCloseTo(adam(start, gradients, decoupled)[2] as number, 5);
    });
    const wrong = { value, first, second, gradient: tf.zeros([2]), step: 1 } as Parameter;
    expect(() => nativeFused.adamStep([wrong], { ...SETTINGS, decoupled })).toThrow('for [37]');
  });

  it('norms are those of each tensor, of any length, whatever the number of threads', () => {
    const random = generator(2);
    const sizes = [1, 37, 0, 100_003, 4096, 32_768];
    const values = sizes.map((size) => numbers(random, size));
    const tensors = values.map((v) => tf.tensor1d(v));
    const result = nativeFused.norms(tensors).dataSync();
    values.forEach((v, i) => {
      const norm = Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
      expect(Math.abs((result[i] as number) - norm)).toBeLessThanOrEqual(1e-6 * norm);
    });
    for (const threads of [1, 3, 7, 2]) {
      addon.setThreads(threads);
      expect(nativeFused.norms(tensors).dataSync()).toEqual(result);
    }
    expect(nativeFused.norms([]).size).toBe(0);
  });

  it('mixtures and their gradients have the same bits for every number of threads', () => {
    const random = generator(3);
    const maps = [0, 1, 2].map(() => tf.tensor1d(numbers(random, 70_001)));
    const weights = tf.tensor1d([0.2, -0.7, 1.5]);
    const results = [1, 2, 3, 7].map((threads) => {
      addon.setThreads(threads);
      const run = (...all: tf.Tensor[]) => {
        const y = nativeFused.mixture(all.slice(0, -1), all[3] as tf.Tensor1D);
        return tf.sum(tf.square(y));
      };
      return tf
        .grads(run)([...maps, weights])
        .map((g) => g.dataSync().join());
    });
    for (const result of results) expect(result).toEqual(results[0]);
    addon.setThreads(2);
  });

  it('poolMoments gives the moments of all values together', () => {
    // [1, 2, 3] and [1003]: mean 252.25, biased variance 187875.6875.
    const batches = [
      { mean: tf.tensor1d([2]), variance: tf.tensor1d([2 / 3]), count: 3 },
      { mean: tf.tensor1d([1003]), variance: tf.tensor1d([0]), count: 1 },
    ];
    for (const fused of [nativeFused, hostFused]) {
      const { mean, variance } = fused.poolMoments(batches);
      expect(mean.dataSync()[0]).toBeCloseTo(252.25, 3);
      expect((variance.dataSync()[0] as number) / 187_875.6875).toBeCloseTo(1, 5);
    }
  });

  it('updateMoments weighs old and new', () => {
    const moments = (mean: number, variance: number) => ({
      mean: tf.tensor1d([mean, mean]),
      variance: tf.tensor1d([variance, variance]),
    });
    for (const fused of [nativeFused, hostFused]) {
      const options = { share: 0.25, unbiased: 2 };
      const { mean, variance } = fused.updateMoments(moments(1, 8), moments(5, 4), options);
      expect([...mean.dataSync(), ...variance.dataSync()]).toEqual([2, 2, 8, 8]);
    }
    const short = { mean: tf.tensor1d([1]), variance: tf.tensor1d([1]) };
    const options = { share: 0.1, unbiased: 1 };
    expect(() => nativeFused.updateMoments(short, moments(1, 1), options)).toThrow('1 channels');
  });
});

type Parameter = Parameters<typeof nativeFused.adamStep>[0] extends Iterable<infer P> ? P : never;
