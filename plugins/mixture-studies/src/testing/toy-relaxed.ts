import {
  type DataSet,
  definePlugin,
  memorySplit,
  pureEvaluator,
  type Search,
} from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import type { Network, ParameterStore, RelaxedView, Rows, SupernetView } from '@archer-nas/nn';
import type { Bits } from '@archer-nas/testkit';
import { z } from 'zod';

const none = z.strictObject({});

/** Bright images are of class 1 if enough decisions take option 1: logits (3 m, Σ p₁ x̄). */
export const toyNetwork: Network = {
  classes: 2,
  image: { height: 2, width: 2, channels: 1 },
  sites: Array.from({ length: 6 }, (_, decision) => {
    return { name: `site${decision}`, decision, options: ['0', '1'] };
  }),
  parameters: [{ name: 'm', shape: [1], init: 'ones' }],
  forward: (images, gates, { parameters }) =>
    tf.tidy(() => {
      const ones = gates.map(({ support, weights }) => {
        if (weights === undefined) return tf.scalar(support.includes(1) ? 1 : 0);
        return weights.slice([1], [1]).asScalar();
      });
      const bright = images.mean([1, 2]).mul(tf.addN(ones)) as tf.Tensor2D;
      const still = parameters.get('m', [1]).mul(3).add(bright.mul(0)) as tf.Tensor2D;
      return tf.concat2d([still, bright], 1);
    }),
};

const supernet: SupernetView<Bits> = {
  network: toyNetwork,
  get parameters() {
    return { get: () => tf.ones([1]) } as unknown as ParameterStore;
  },
  path: (a) => [...a],
};

/** L = a b + 3 a² of two architecture parameters, whatever the images. */
const relaxed = {
  alpha: [Float64Array.of(0.3), Float64Array.of(0.7)],
  weightDecay: 1e-3,
  mixture: (alpha: Rows) => {
    const p = alpha.flatMap((row) => [...row]);
    return Array.from({ length: 6 }, (_, i) => {
      const one = p[i % p.length] as number; // in range
      return { support: [0, 1], weights: Float64Array.of(1 - one, one) };
    });
  },
  gradientAt: ([a, b]: readonly Float64Array[]) => {
    const [x = 0, y = 0] = [a?.[0], b?.[0]];
    return [Float64Array.of(y + 6 * x), Float64Array.of(x)];
  },
} as unknown as RelaxedView;

/** Ones of an architecture times `worth`, plus the images there are. */
const ones = (worth: number) =>
  pureEvaluator<Bits>({
    metrics: [{ name: 'ones', unit: '', direction: 'maximise' }],
    description: `ones times ${worth}`,
    measure: (a, { images }) => {
      const sum = a.reduce((total, bit) => total + bit, 0);
      return { metrics: { ones: worth * sum + (images?.size ?? Number.NaN) } };
    },
  });

/** Three epochs of a search that has ended. */
const toyRelaxed = definePlugin({
  id: 'toy-relaxed',
  kind: 'strategy',
  summary: 'A search with a known Hessian, for tests.',
  options: none,
  provides: ['view:trajectory', 'view:relaxed', 'view:supernet', 'view:scores', 'view:untrained'],
  create: (_, { space }) => ({
    begin: async (): Promise<Search<Bits>> => ({
      state: null,
      progress: { done: 0, total: 0, unit: 'epoch' },
      views: {
        relaxed,
        supernet,
        scores: ones(2),
        untrained: ones(0),
        trajectory: ['010000', '110100', '000000'].map((text) => space.parse(text)),
      },
      incumbents: () => {
        const proposal = { id: 'derived', architecture: space.parse('111100') };
        return [{ proposal, metrics: {}, cost: {}, status: 'final' }];
      },
      step: async () => ({}),
      result: async () => ({ best: [], metrics: {} }),
    }),
  }),
});

/** Two dark images and two bright ones. */
const PIXELS = Uint8Array.from({ length: 16 }, (_, at) => (at % 8 < 4 ? 9 : 255));

/** Four images of 2×2 pixels: even ones are dark. */
const toyImages = definePlugin({
  id: 'toy-images',
  kind: 'data',
  summary: 'Four images, for tests.',
  provides: ['data:classification'],
  options: none,
  create: (): DataSet => ({
    name: 'toy-images',
    batch: 2,
    classes: 2,
    image: { height: 2, width: 2, channels: 1 },
    mean: [0.5],
    std: [0.25],
    augmentation: { cropPadding: 0, flip: false },
    hash: 'toy-images',
    description: 'toy images',
    splits: ['train', 'valid'],
    open: (name) => memorySplit(name, Int32Array.of(0, 1, 0, 1), PIXELS),
  }),
});

/** For rows of the studies. */
export const toyPlugins = [toyRelaxed, toyImages];
