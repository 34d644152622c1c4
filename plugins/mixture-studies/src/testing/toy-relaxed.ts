import { type DataSet, definePlugin, memorySplit, type Search } from '@archer-nas/core';
import type { RelaxedView } from '@archer-nas/nn';
import type { Bits } from '@archer-nas/testkit';
import { z } from 'zod';

const none = z.strictObject({});

/** L = a b + 3 a² of two architecture parameters, whatever the images. */
const relaxed = {
  alpha: [Float64Array.of(0.3), Float64Array.of(0.7)],
  weightDecay: 1e-3,
  gradientAt: ([a, b]: readonly Float64Array[]) => {
    const [x = 0, y = 0] = [a?.[0], b?.[0]];
    return [Float64Array.of(y + 6 * x), Float64Array.of(x)];
  },
} as unknown as RelaxedView;

/** Three epochs of a search that has ended. */
const toyRelaxed = definePlugin({
  id: 'toy-relaxed',
  kind: 'strategy',
  summary: 'A search with a known Hessian, for tests.',
  options: none,
  provides: ['view:trajectory', 'view:relaxed'],
  create: (_, { space }) => ({
    begin: async (): Promise<Search<Bits>> => ({
      state: null,
      progress: { done: 0, total: 0, unit: 'epoch' },
      views: {
        relaxed,
        trajectory: ['010000', '110100', '000000'].map((text) => space.parse(text)),
      },
      incumbents: () => [],
      step: async () => ({}),
      result: async () => ({ best: [], metrics: {} }),
    }),
  }),
});

/** Four images of 2×2 pixels. */
const toyImages = definePlugin({
  id: 'toy-images',
  kind: 'data',
  summary: 'Four images, for tests.',
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
    open: (name) => memorySplit(name, Int32Array.of(0, 1, 0, 1), new Uint8Array(16).fill(9)),
  }),
});

/** For rows of the studies. */
export const toyPlugins = [toyRelaxed, toyImages];
