import { type DataSet, memorySplit } from '@archer-nas/core';
import {
  type Batch,
  batchReader,
  conv2d,
  conv2dParameters,
  type Forward,
  globalAveragePool,
  IMAGES,
  linear,
  linearParameters,
  type Network,
  type Piece,
  reluConvBn,
  reluConvBnParameters,
} from '@archer-nas/nn';

const WIDTH = 2;
const KERNELS = [1, 3];
const STEM = { outputs: WIDTH, kernel: 1 };
const conv = (option: number) => {
  const kernel = KERNELS[option] ?? 1;
  return { outputs: WIDTH, kernel, padding: (kernel - 1) / 2 };
};

type Map4 = Parameters<typeof reluConvBn>[0];

/** Two layers, each a 1×1 or a 3×3 convolution, between a stem and a classifier. */
export function toyBlocks(): Network {
  const sites = [0, 1].map((decision) => ({
    ...{ name: `layer${decision}`, decision, options: ['conv1', 'conv3'] },
  }));
  const layer = (site: number): Piece => ({
    ...{ name: `layer${site}`, inputs: [site], site },
    run: ([x], forward, option) =>
      reluConvBn(x as Map4, forward, `layer${site}.${option}`, conv(option)),
  });
  const head = (x: Map4, forward: Forward) =>
    linear(globalAveragePool(x, forward), forward, 'classifier', 2);
  const pieces: Piece[] = [
    {
      name: 'stem',
      inputs: [IMAGES],
      run: ([x], forward) => conv2d(x as Map4, forward, 'stem', STEM),
    },
    ...sites.map((_, site) => layer(site)),
    { name: 'head', inputs: [2], run: ([x], forward) => head(x as Map4, forward) },
  ];
  return {
    ...{ classes: 2, image: { height: 4, width: 4, channels: 1 }, sites, pieces },
    parameters: [
      ...conv2dParameters('stem', 1, STEM),
      ...sites.flatMap(({ options }, site) =>
        options.flatMap((_, option) =>
          reluConvBnParameters(`layer${site}.${option}`, WIDTH, conv(option), { site, option }),
        ),
      ),
      ...linearParameters('classifier', WIDTH, 2),
    ],
    forward(images, gates, forward) {
      let x: Map4 = conv2d(images, forward, 'stem', STEM);
      gates.forEach(({ support: [option = 0] }, site) => {
        x = reluConvBn(x, forward, `layer${site}.${option}`, conv(option));
      });
      return head(x, forward);
    },
  };
}

/** Twelve images of 4×4 pixels in each split; the class decides which half is bright. */
export function toyImages(splits: DataSet['splits'] = ['train', 'valid']): DataSet {
  const labels = Int32Array.from({ length: 12 }, (_, i) => i % 2);
  const pixels = Uint8Array.from({ length: 12 * 16 }, (_, at) => {
    const image = Math.floor(at / 16);
    const bright = Math.floor((at % 16) / 8) === (labels[image] as number);
    return (bright ? 180 : 40) + ((image * 37 + at * 11) % 50);
  });
  return {
    ...{ name: 'toy-images', hash: 'toy-images', description: 'toy images', batch: 4, classes: 2 },
    ...{ image: { height: 4, width: 4, channels: 1 }, mean: [0.5], std: [0.25], splits },
    augmentation: { cropPadding: 0, flip: false },
    open: (name) => memorySplit(name, labels, pixels),
  };
}

/** Four train images, others in each of three steps. */
export function batchOf(data: DataSet, step: number): Batch {
  const first = 4 * (step % 3);
  return batchReader(data, data.open('train')).plain(
    Int32Array.of(first, first + 1, first + 2, first + 3),
  );
}
