import { memorySplit } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import type { ParameterStore } from '@archer-nas/nn';
import { beforeAll, describe, expect, it } from 'vitest';
import { accuracyAlone, accuracyOf, heightOf, type Look } from './look.ts';
import { toyNetwork } from './testing/toy-relaxed.ts';

/** p₁ at each of six decisions. */
const mixtureOf = (one: number) =>
  Array.from({ length: 6 }, () => ({ support: [0, 1], weights: Float64Array.of(1 - one, one) }));

describe('a look at a supernet', () => {
  const pixels = Uint8Array.from({ length: 16 }, (_, at) => (at % 8 < 4 ? 0 : 255));
  const look = (): Look => ({
    supernet: {
      network: toyNetwork,
      parameters: { get: () => one } as unknown as ParameterStore,
      path: (a) => a as number[],
    },
    data: {
      image: toyNetwork.image,
      mean: [0.5],
      std: [0.25],
      augmentation: { cropPadding: 0, flip: false },
    },
    split: memorySplit('valid', Int32Array.of(0, 1, 0, 1), pixels),
    batch: 3,
    batches: 'all',
  });
  let one: tf.Tensor;
  beforeAll(() => {
    one = tf.ones([1]);
  });

  it.each([
    // Images are ±2 after normalisation; class 1 is said where 2 Σ p₁ > 3.
    [0.2, 50],
    [0.3, 100],
  ])('weighs the options: with p₁ = %f it is right on %f percent', (p, accuracy) => {
    expect(accuracyOf(mixtureOf(p), look())).toBe(accuracy);
  });

  it('runs an architecture alone', () => {
    expect(accuracyAlone([0, 0, 0, 0, 0, 1], look())).toBe(50);
    expect(accuracyAlone([0, 1, 0, 0, 0, 1], look())).toBe(100);
  });

  it('has the mean cross-entropy over all images, and leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    const { loss } = heightOf(mixtureOf(0.25), look()); // logits (3, ∓3), labels 0 and 1
    expect(loss).toBeCloseTo((Math.log(1 + Math.exp(-6)) + Math.log(2)) / 2, 6);
    expect(tf.memory().numTensors).toBe(before);
  });
});
