import {
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
