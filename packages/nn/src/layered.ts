import type { CostModel } from '@archer-nas/core';
import type { tf } from '@archer-nas/engine';
import {
  type Activation,
  type ChainStep,
  type ChainStyle,
  chainMacs,
  chainParameters,
  convChain,
  type MapSize,
} from './conv-chain.ts';
import type { Owner } from './convolution.ts';
import { site } from './gates.ts';
import { linear, linearParameters } from './linear.ts';
import {
  type Forward,
  type Gate,
  IMAGES,
  type Network,
  type NetworkTask,
  type ParameterSpec,
  type Piece,
} from './network.ts';
import { globalAveragePool } from './pooling.ts';

/** What can run in a layer. It names its parameters itself. */
export interface LayerBlock {
  /** The option's name. */
  readonly name: string;
  /** Multiply-adds of its convolutions for one image. */
  readonly macs: number;
  /** Whether it gives its input itself. */
  readonly identity?: boolean;
  parameters(owner?: Owner): ParameterSpec[];
  /** A new map, or x itself where it is an identity. */
  run(x: tf.Tensor4D, forward: Forward): tf.Tensor4D;
}

/** A layer and its candidates, which give maps of one size. */
export interface Layer {
  readonly name: string;
  readonly blocks: readonly LayerBlock[];
}

/** A last block before the average, and a classifier. */
export interface LayeredHead {
  readonly macs: number;
  readonly parameters: readonly ParameterSpec[];
  run(x: tf.Tensor4D, forward: Forward): tf.Tensor2D;
}

/** A network whose layers follow each other, each with one of several blocks. */
export interface Layered {
  readonly task: NetworkTask;
  readonly stem: LayerBlock;
  readonly layers: readonly Layer[];
  readonly head: LayeredHead;
}

/** A 1×1 convolution with batch norm and activation, the global average, and a linear classifier. */
export function convHead(
  input: MapSize,
  style: ChainStyle,
  options: { outputs: number; classes: number; bias: boolean; activation: Activation },
): LayeredHead {
  const { outputs, classes, bias, activation } = options;
  const steps: readonly ChainStep[] = [{ name: 'last', outputs, kernel: 1, activation }];
  return {
    macs: chainMacs(input, steps).macs + outputs * classes,
    parameters: [
      ...chainParameters('head', input.channels, steps, style),
      ...linearParameters('head.linear', outputs, classes, { bias }),
    ],
    run(x, forward) {
      const y = convChain(x, forward, 'head', { steps, style });
      const average = globalAveragePool(y, forward);
      y.dispose();
      return linear(average, forward, 'head.linear', classes, { bias });
    },
  };
}

/** A supernet in pieces: stem, layers, head. */
export type LayeredSupernet = Network & { readonly pieces: readonly Piece[] };

/** The supernet: a site per layer, each a decision of its own, with an option per block. */
export function layeredSupernet(network: Layered): LayeredSupernet {
  const { layers } = network;
  return {
    ...frameOf(network),
    sites: layers.map(({ name, blocks }, decision) => ({
      name,
      decision,
      options: blocks.map((block) => block.name),
      node: name,
    })),
    parameters: parametersOf(network, true),
    forward: (images, gates, forward) => run(network, images, gates, forward),
    pieces: piecesOf(network),
  };
}

/** The network of a path that is trained alone. Parameters are named as in the supernet. */
export function layeredNetwork(network: Layered, path: readonly number[]): Network {
  const layers = network.layers.map(({ name, blocks }, at) => {
    const block = blocks[path[at] ?? -1];
    if (block !== undefined) return { name, blocks: [block] };
    throw new RangeError(`${name} runs one of ${blocks.length} blocks, not ${path[at]}.`);
  });
  const alone = { ...network, layers };
  const gates = layers.map((): Gate => ({ support: [0] }));
  return {
    ...frameOf(network),
    sites: [],
    parameters: parametersOf(alone, false),
    forward: (images, _, forward) => run(alone, images, gates, forward),
  };
}

/**
 * `params`, all trainable values; `weights`, those of convolutions and classifier alone; `macs`,
 * multiply-adds of these for one image. All are sums over the layers, so that limits can be kept
 * exactly.
 */
export function layeredCosts<A>(
  network: Layered,
  pathOf: (a: A) => readonly number[],
): CostModel<A> {
  const { stem, layers, head } = network;
  const line = (of: (block: Counted) => number) => ({
    base: of({ ...stem, parameters: stem.parameters() }) + of(head),
    perChoice: layers.map(({ blocks }) =>
      blocks.map((block) => of({ ...block, parameters: block.parameters() })),
    ),
  });
  const lines = {
    params: line(({ parameters }) => sizeOf(parameters)),
    weights: line(({ parameters }) => sizeOf(parameters.filter(({ shape }) => shape.length > 1))),
    macs: line(({ macs }) => macs),
  };
  return {
    names: Object.keys(lines),
    of(a) {
      const path = pathOf(a);
      const total = ([name, { base, perChoice }]: [string, (typeof lines)['macs']]) =>
        [
          name,
          path.reduce((sum, o, at) => sum + (perChoice[at]?.[o] ?? Number.NaN), base),
        ] as const;
      return Object.fromEntries(Object.entries(lines).map(total));
    },
    additive: lines,
  };
}

type Counted = Pick<LayeredHead, 'macs' | 'parameters'>;

/** How many values parameters have. */
export function sizeOf(parameters: readonly Pick<ParameterSpec, 'shape'>[]): number {
  return parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

function frameOf({ task }: Layered): Pick<Network, 'classes' | 'image'> {
  return { classes: task.classes, image: task.image };
}

function parametersOf({ stem, layers, head }: Layered, gated: boolean): ParameterSpec[] {
  return [
    ...stem.parameters(),
    ...layers.flatMap(({ blocks }, site) =>
      blocks.flatMap((block, option) => block.parameters(gated ? { site, option } : undefined)),
    ),
    ...head.parameters,
  ];
}

function run(
  { stem, layers, head }: Layered,
  images: tf.Tensor4D,
  gates: readonly Gate[],
  forward: Forward,
): tf.Tensor2D {
  let x = stem.run(images, forward);
  layers.forEach(({ name, blocks }, at) => {
    const gate = gates[at];
    if (gate === undefined) {
      throw new RangeError(`no gate for ${name}: ${gates.length} gates were given`);
    }
    const candidates = blocks.map((block) => (map: tf.Tensor4D) => block.run(map, forward));
    const y = site(x, gate, candidates, forward);
    if (y === undefined) throw new RangeError(`${name} runs nothing: [${gate.support}]`);
    if (y !== x) x.dispose();
    x = y;
  });
  const logits = head.run(x, forward);
  x.dispose();
  return logits;
}

function piecesOf({ stem, layers, head }: Layered): Piece[] {
  return [
    {
      name: 'stem',
      inputs: [IMAGES],
      run: ([images], forward) => stem.run(images as tf.Tensor4D, forward),
    },
    ...layers.map(
      ({ name, blocks }, site): Piece => ({
        name,
        inputs: [site],
        site,
        shortcut: (option) => (blocks[option]?.identity ? 0 : undefined),
        run: ([x], forward, option) =>
          (blocks[option] as LayerBlock).run(x as tf.Tensor4D, forward), // options are in range
      }),
    ),
    {
      name: 'head',
      inputs: [layers.length],
      run: ([x], forward) => head.run(x as tf.Tensor4D, forward),
    },
  ];
}
