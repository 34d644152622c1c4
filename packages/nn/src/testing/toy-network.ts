import type { DataSet, DataSplit } from '@archer-nas/core';
import { createStreams, memorySplit } from '@archer-nas/core';
import type { tf } from '@archer-nas/engine';
import { batchNorm, batchNormParameters } from '../batch-norm.ts';
import { conv2d, conv2dParameters } from '../convolution.ts';
import { addAll } from '../elementwise.ts';
import { type Candidate, site } from '../gates.ts';
import { linear, linearParameters } from '../linear.ts';
import type { Forward, Network, ParameterSpec } from '../network.ts';
import { avgPool3x3, globalAveragePool } from '../pooling.ts';
import { reluConvBn, reluConvBnParameters } from '../relu-conv-bn.ts';

const OPTIONS = ['none', 'skip', 'conv1x1', 'conv3x3', 'pool'];
const WIDTH = 4;

/**
 * A supernet with two parallel sites between a stem and a classifier, on 6×6 images; the sites'
 * candidates see one of `partial` blocks of channels.
 */
export function toyNetwork({ affine = false, bias = true, partial = 1 } = {}): Network {
  const seen = WIDTH / partial;
  const conv = (kernel: number) => ({
    outputs: seen,
    kernel,
    padding: (kernel - 1) / 2,
    bias,
    affine,
  });
  const sites = [0, 1].map((decision) => ({ name: `edge${decision}`, decision, options: OPTIONS }));
  const candidates = (name: string, forward: Forward): Candidate[] => [
    () => undefined,
    (x) => x,
    (x) => reluConvBn(x, forward, `${name}.conv1x1`, conv(1)),
    (x) => reluConvBn(x, forward, `${name}.conv3x3`, conv(3)),
    (x) => avgPool3x3(x, forward),
  ];
  const stem = { outputs: WIDTH, kernel: 3, padding: 1, stride: 2 };
  const parameters: ParameterSpec[] = [
    ...conv2dParameters('stem', 3, stem),
    ...batchNormParameters('stem.norm', WIDTH, { affine }),
    ...sites.flatMap(({ name, decision }) => [
      ...reluConvBnParameters(`${name}.conv1x1`, seen, conv(1), { site: decision, option: 2 }),
      ...reluConvBnParameters(`${name}.conv3x3`, seen, conv(3), { site: decision, option: 3 }),
    ]),
    ...linearParameters('classifier', WIDTH, 3),
  ];
  return {
    classes: 3,
    image: { height: 6, width: 6, channels: 3 },
    sites,
    parameters,
    forward(images, gates, forward) {
      const x = batchNorm(conv2d(images, forward, 'stem', stem), forward, 'stem.norm', { affine });
      const edges = sites.map(({ name }, at) => {
        const gate = gates[at] ?? { support: [] };
        const whole = partial === 1 ? gate : { ...gate, partial: { of: partial } };
        return site(x, whole, candidates(name, forward), forward);
      });
      const y = addAll([x, ...edges], forward) as tf.Tensor4D;
      return linear(globalAveragePool(y, forward), forward, 'classifier', 3);
    },
  };
}

/** A data set of 6×6 images whose brightness depends on the class. */
export function toyData(size = 20): DataSet {
  const stream = createStreams(3).stream('pixels');
  const labels = Int32Array.from({ length: size }, (_, i) => i % 3);
  const pixels = new Uint8Array(size * 108);
  for (let at = 0; at < pixels.length; at++) {
    pixels[at] = 60 * (labels[Math.floor(at / 108)] ?? 0) + stream.int(100);
  }
  const split: DataSplit = memorySplit('train', labels, pixels);
  return {
    name: 'toy',
    batch: 8,
    classes: 3,
    image: { height: 6, width: 6, channels: 3 },
    mean: [0.5, 0.4, 0.3],
    std: [0.2, 0.25, 0.3],
    augmentation: { cropPadding: 1, flip: true },
    hash: 'toy',
    description: 'toy images',
    splits: ['train'],
    open: () => split,
  };
}
