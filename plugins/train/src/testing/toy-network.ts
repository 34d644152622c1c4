import { createStreams, type DataSet, definePlugin, memorySplit } from '@archer-nas/core';
import {
  batchNorm,
  batchNormParameters,
  conv2d,
  conv2dParameters,
  globalAveragePool,
  linear,
  linearParameters,
  type Network,
  type NetworkSpace,
  type NetworkTask,
  reluConvBn,
  reluConvBnParameters,
} from '@archer-nas/nn';
import { type Bits, bitSpace } from '@archer-nas/testkit';
import { z } from 'zod';

/** A stem, a 1×1 or 3×3 convolution as the first bit says, a classifier. */
function network(bits: Bits, { classes, image }: NetworkTask): Network {
  const stem = { outputs: 4, kernel: 3, padding: 1, stride: 2 };
  const kernel = bits[0] === 1 ? 3 : 1;
  const body = { outputs: 4, kernel, padding: (kernel - 1) / 2, affine: true };
  return {
    classes,
    image,
    sites: [],
    parameters: [
      ...conv2dParameters('stem', image.channels, stem),
      ...batchNormParameters('stem.norm', 4, { affine: true }),
      ...reluConvBnParameters('body', 4, body),
      ...linearParameters('classifier', 4, classes),
    ],
    forward(images, _, forward) {
      const x = conv2d(images, forward, 'stem', stem);
      const y = batchNorm(x, forward, 'stem.norm', { affine: true });
      const z = reluConvBn(y, forward, 'body', body);
      return linear(globalAveragePool(z, forward), forward, 'classifier', classes);
    },
  };
}

/** Two bits, of which the first one says which network it is. */
export const space: NetworkSpace<Bits> = {
  ...bitSpace(2),
  network,
  supernet: (task) => network([1, 1], task),
  path: () => [],
};

/** Images of 4×4 pixels that are bright in the channel of their class. */
function split(name: 'train' | 'valid', size: number) {
  const stream = createStreams(8).stream(name);
  const labels = Int32Array.from({ length: size }, (_, i) => i % 3);
  const pixels = Uint8Array.from({ length: size * 48 }, (_, at) => {
    return stream.int(120) + (at % 3 === labels[Math.floor(at / 48)] ? 100 : 0);
  });
  return memorySplit(name, labels, pixels);
}

/** 22 and 24 images of three classes. */
export const splits = { train: split('train', 22), valid: split('valid', 24) };
/** {@link splits} as a data set. */
export const data: DataSet = {
  name: 'toy',
  batch: 8,
  classes: 3,
  image: { height: 4, width: 4, channels: 3 },
  mean: [0.4, 0.4, 0.4],
  std: [0.2, 0.2, 0.2],
  augmentation: { cropPadding: 1, flip: true },
  hash: 'toy',
  description: 'toy images',
  splits: ['train', 'valid'],
  open: (name) => (name === 'train' ? splits.train : splits.valid),
};

/** The above as plugins, for manifests in tests. */
export const toyPlugins = [
  definePlugin({
    id: 'toy-networks',
    kind: 'space',
    summary: 'Two networks, for tests.',
    options: z.strictObject({}),
    provides: ['network'],
    create: () => space,
  }),
  definePlugin({
    id: 'toy-images',
    kind: 'data',
    summary: 'Images of three classes, for tests.',
    options: z.strictObject({}),
    provides: ['data:classification'],
    create: () => data,
  }),
];
