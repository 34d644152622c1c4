import {
  addAll,
  avgPool2x2,
  batchNorm,
  batchNormParameters,
  conv2d,
  conv2dParameters,
  type Forward,
  globalAveragePool,
  linear,
  linearParameters,
  type Network,
  type NetworkTask,
  type ParameterSpec,
  relu,
  reluConvBn,
  reluConvBnParameters,
  slicedParameters,
} from '@archer-nas/nn';

import { CHANNELS, LAYERS, REDUCTIONS, type Sizes } from './sizes.ts';

/** A map of features: [batch, height, width, channels]. */
type FeatureMap = Parameters<typeof relu>[0] & Parameters<typeof avgPool2x2>[0];

/** Channels of the widest network, which the supernet has the weights of. */
const WIDEST: Sizes = Array.from({ length: LAYERS }, () => Math.max(...CHANNELS));

/**
 * Edges of the cell, from and to: the best of the topology space on CIFAR-100, all 3×3. The skip
 * from its input to its last node is a 1×1 convolution where channels change.
 */
const EDGES = [
  [0, 1],
  [0, 2],
  [1, 2],
  [1, 3],
  [2, 3],
] as const;

/** A layer with its channels. */
interface Layer {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly reduces: boolean;
}

/**
 * The supernet: the weights of the widest network, of which every size takes the first rows and
 * columns. A site per layer, with an option per number of channels; none has weights of its own.
 * Batch norms have neither scale nor offset.
 */
export function sizeSupernet(task: NetworkTask): Network {
  const specs = parametersOf(WIDEST, task, { affine: false, skips: true });
  const decide = Array.from({ length: LAYERS }, (_, layer) => `layer${layer + 1}`);
  return {
    ...{ classes: task.classes, image: task.image, parameters: specs },
    sites: decide.map((name, decision) => ({ name, decision, options: CHANNELS.map(String) })),
    forward(images, gates, forward) {
      const sizes = decide.map((name, layer) => {
        const { support = [] } = gates[layer] ?? {};
        const channels = support.length === 1 ? CHANNELS[support[0] ?? -1] : undefined;
        if (channels !== undefined) return channels;
        throw new RangeError(`${name} has one of ${CHANNELS.length} sizes, not [${support}]`);
      });
      const parameters = slicedParameters(forward.parameters, specs);
      return run(images, sizes, { ...forward, parameters }, { task, affine: false });
    },
  };
}

/** The network of a size that is trained alone, as the benchmark trains it. */
export function sizeNetwork(sizes: Sizes, task: NetworkTask): Network {
  return {
    ...{ classes: task.classes, image: task.image, sites: [] },
    parameters: parametersOf(sizes, task, { affine: true, skips: false }),
    forward: (images, _, forward) => run(images, sizes, forward, { task, affine: true }),
  };
}

function layersOf(sizes: Sizes): Layer[] {
  return sizes.map((to, layer) => ({
    name: `layer${layer + 1}`,
    from: sizes[layer - 1] ?? sizes[0] ?? 0,
    to,
    reduces: REDUCTIONS.has(layer),
  }));
}

const conv3x3 = (outputs: number, affine: boolean, stride = 1) => {
  return { outputs, kernel: 3, padding: 1, stride, affine };
};
const conv1x1 = (outputs: number, affine: boolean) => {
  return { outputs, kernel: 1, affine, relu: false };
};

/** @param skips whether every cell may need the convolution of its skip */
function parametersOf(
  sizes: Sizes,
  { classes, image }: NetworkTask,
  { affine, skips }: { readonly affine: boolean; readonly skips: boolean },
): ParameterSpec[] {
  const last = sizes.at(-1) ?? 0;
  return [
    ...reluConvBnParameters('stem', image.channels, conv3x3(sizes[0] ?? 0, affine)),
    ...layersOf(sizes).flatMap(({ name, from, to, reduces }): ParameterSpec[] => {
      const conv = (part: string, inputs: number) =>
        reluConvBnParameters(`${name}.${part}`, inputs, conv3x3(to, affine));
      if (reduces) {
        const shortcut = { outputs: to, kernel: 1 };
        return [
          ...conv('first', from),
          ...conv('second', to),
          ...conv2dParameters(`${name}.shortcut`, from, shortcut),
        ];
      }
      const edges = EDGES.flatMap(([source, node]) =>
        conv(`edge${source}${node}`, source === 0 ? from : to),
      );
      const first = name === 'layer1';
      if (first || (!skips && from === to)) return edges;
      return [...edges, ...reluConvBnParameters(`${name}.skip`, from, conv1x1(to, affine))];
    }),
    ...batchNormParameters('head.norm', last, { affine }),
    ...linearParameters('head.linear', last, classes),
  ];
}

function run(
  images: FeatureMap,
  sizes: Sizes,
  forward: Forward,
  { task, affine }: { readonly task: NetworkTask; readonly affine: boolean },
) {
  let x = reluConvBn(images, forward, 'stem', { ...conv3x3(sizes[0] ?? 0, affine), relu: false });
  for (const layer of layersOf(sizes)) {
    const y = layer.reduces
      ? reduction(x, layer, forward, affine)
      : cell(x, layer, forward, affine);
    x.dispose();
    x = y;
  }
  const normal = batchNorm(x, forward, 'head.norm', { affine });
  x.dispose();
  const active = relu(normal, forward);
  normal.dispose();
  const average = globalAveragePool(active, forward);
  active.dispose();
  return linear(average, forward, 'head.linear', task.classes);
}

/** Two 3×3 convolutions, the first of stride 2, plus a 1×1 convolution of the 2×2 average. */
function reduction(x: FeatureMap, { name, to }: Layer, forward: Forward, affine: boolean) {
  const first = reluConvBn(x, forward, `${name}.first`, conv3x3(to, affine, 2));
  const half = avgPool2x2(x, forward);
  const addend = conv2d(half, forward, `${name}.shortcut`, { outputs: to, kernel: 1 });
  half.dispose();
  const y = reluConvBn(first, forward, `${name}.second`, { ...conv3x3(to, affine), addend });
  for (const map of [first, addend]) if (map !== y) map.dispose();
  return y;
}

function cell(x: FeatureMap, { name, from, to }: Layer, forward: Forward, affine: boolean) {
  const skip = from === to ? x : reluConvBn(x, forward, `${name}.skip`, conv1x1(to, affine));
  const nodes: FeatureMap[] = [x];
  for (const node of [1, 2, 3]) {
    const terms = EDGES.filter(([, end]) => end === node).map(([source]) =>
      reluConvBn(
        nodes[source] as FeatureMap, // edges are in order
        forward,
        `${name}.edge${source}${node}`,
        conv3x3(to, affine),
      ),
    );
    nodes.push(addAll(node === 3 ? [skip, ...terms] : terms, forward) as FeatureMap);
    if (terms.length > 1 || node === 3) for (const term of terms) term.dispose();
  }
  for (const map of [nodes[1], nodes[2]]) map?.dispose();
  if (skip !== x) skip.dispose();
  return nodes[3] as FeatureMap;
}
