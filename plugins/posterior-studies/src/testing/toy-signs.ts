import { type DataSet, definePlugin, memorySplit, type Search } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import type { Network, ParameterStore, SupernetView } from '@archer-nas/nn';
import type { Bits } from '@archer-nas/testkit';
import { z } from 'zod';

const none = z.strictObject({});

/**
 * One shared weight w: architectures whose first bit is 0 have the logits (−w x̄, w x̄), the others
 * (w x̄, −w x̄). What one learns the other forgets.
 */
export const signNetwork: Network = {
  classes: 2,
  image: { height: 1, width: 1, channels: 1 },
  sites: [{ name: 'sign', decision: 0, options: ['as it is', 'turned'] }],
  parameters: [{ name: 'w', shape: [1], init: 'ones' }],
  forward: (images, [gate], { parameters }) =>
    tf.tidy(() => {
      const sign = gate?.support[0] === 1 ? -1 : 1;
      const z = images
        .mean([1, 2])
        .mul(parameters.get('w', [1]))
        .mul(sign);
      return tf.concat2d([z.neg() as tf.Tensor2D, z as tf.Tensor2D], 1);
    }),
};

/** Four images of one pixel: bright ones are of class 1; normalised they are ±1. */
export const signData: DataSet = {
  name: 'toy-images',
  batch: 2,
  classes: 2,
  image: signNetwork.image,
  mean: [0.5],
  std: [0.5],
  augmentation: { cropPadding: 0, flip: false },
  hash: 'toy-images',
  description: 'four pixels',
  splits: ['train', 'valid'],
  open: (name) => memorySplit(name, Int32Array.of(0, 1, 0, 1), Uint8Array.of(0, 255, 0, 255)),
};

/** What a search would have found: w = 0, which tells nothing. */
export const nothing = { get: () => tf.zeros([1]) } as unknown as ParameterStore;

const supernet: SupernetView<Bits> = {
  network: signNetwork,
  parameters: nothing,
  path: ([first = 0]) => [first],
};

/** A search that has ended with {@link nothing}. */
const toyShared = definePlugin({
  id: 'toy-shared',
  kind: 'strategy',
  summary: 'A search with a supernet of one weight, for tests.',
  options: none,
  provides: ['view:supernet'],
  create: () => ({
    begin: async (): Promise<Search<Bits>> => ({
      state: null,
      progress: { done: 0, total: 0, unit: 'epoch' },
      views: { supernet },
      incumbents: () => [],
      step: async () => ({}),
      result: async () => ({ best: [], metrics: {} }),
    }),
  }),
});

const toyImages = definePlugin({
  id: 'toy-images',
  kind: 'data',
  summary: 'Four images, for tests.',
  provides: ['data:classification'],
  options: none,
  create: () => signData,
});

/** For rows of the study. */
export const toyPlugins = [toyShared, toyImages];
