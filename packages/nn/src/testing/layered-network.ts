import { conv2d, conv2dParameters } from '../convolution.ts';
import { linear, linearParameters } from '../linear.ts';
import { type Forward, IMAGES, type Network, type Piece } from '../network.ts';
import { globalAveragePool } from '../pooling.ts';
import { reluConvBn, reluConvBnParameters } from '../relu-conv-bn.ts';

const WIDTH = 4;
const STEM = { outputs: WIDTH, kernel: 3, padding: 1, stride: 2 };
const KERNELS = [1, 3, 5];
/** The option that hands its input through. */
export const SKIP = KERNELS.length;

type Map4 = Parameters<typeof reluConvBn>[0];

/**
 * A supernet of the kind of Single Path One-Shot: a choice per layer, each layer reading the one
 * before, between a stem and a classifier; on 6×6 images. Options: convolutions 1×1, 3×3 and 5×5,
 * and skip.
 */
export function layeredNetwork(layers: number): Network & { readonly pieces: readonly Piece[] } {
  const conv = (option: number) => {
    const kernel = KERNELS[option] ?? 1;
    return { outputs: WIDTH, kernel, padding: (kernel - 1) / 2 };
  };
  const nameOf = (site: number, option: number) => `layer${site}.${KERNELS[option]}`;
  const sites = Array.from({ length: layers }, (_, decision) => ({
    name: `layer${decision}`,
    decision,
    options: [...KERNELS.map((kernel) => `conv${kernel}x${kernel}`), 'skip'],
  }));
  const run = (x: Map4, site: number, option: number, forward: Forward) =>
    reluConvBn(x, forward, nameOf(site, option), conv(option));
  const stem = (x: Map4, forward: Forward) => conv2d(x, forward, 'stem', STEM);
  const head = (x: Map4, forward: Forward) =>
    linear(globalAveragePool(x, forward), forward, 'classifier', 3);
  const pieces: Piece[] = [
    { name: 'stem', inputs: [IMAGES], run: ([x], forward) => stem(x as Map4, forward) },
    ...sites.map(({ name }, site) => ({
      name,
      inputs: [site],
      site,
      shortcut: (option: number) => (option === SKIP ? 0 : undefined),
      run: ([x]: Parameters<Piece['run']>[0], forward: Forward, option: number) =>
        run(x as Map4, site, option, forward),
    })),
    { name: 'head', inputs: [layers], run: ([x], forward) => head(x as Map4, forward) },
  ];
  return {
    classes: 3,
    image: { height: 6, width: 6, channels: 3 },
    sites,
    parameters: [
      ...conv2dParameters('stem', 3, STEM),
      ...sites.flatMap((_, site) =>
        KERNELS.flatMap((__, option) =>
          reluConvBnParameters(nameOf(site, option), WIDTH, conv(option), { site, option }),
        ),
      ),
      ...linearParameters('classifier', WIDTH, 3),
    ],
    forward(images, gates, forward) {
      let x = stem(images, forward);
      for (const [site, { support }] of gates.entries()) {
        const option = support[0] ?? SKIP;
        if (option !== SKIP) x = run(x, site, option, forward);
      }
      return head(x, forward);
    },
    pieces,
  };
}
