import { type DataSet, definePlugin, memorySplit, type SplitName } from '@archer-nas/core';
import {
  addAll,
  argmaxRows,
  beginRows,
  type Candidate,
  conv2d,
  conv2dParameters,
  denseMixture,
  type Forward,
  type Gate,
  globalAveragePool,
  linear,
  linearParameters,
  type MixtureSpace,
  type Modifier,
  type Network,
  type NetworkTask,
  optionCounts,
  type RelaxationRecipe,
  type RowAdamState,
  reluConvBn,
  reluConvBnParameters,
  rowAdam,
  site,
  softmaxGradientRows,
  softmaxRows,
} from '@archer-nas/nn';
import { type Bits, bitSpace } from '@archer-nas/testkit';
import { z } from 'zod';

const CHANNELS = 2;
const CONV = { outputs: CHANNELS, kernel: 3, padding: 1 };
const STEM = { outputs: CHANNELS, kernel: 1 };
/** Two cells with one edge each, tied: skip or convolution; and one edge of its own. */
const SITES = [0, 0, 1].map((decision, at) => ({
  name: `cell${at}.edge`,
  decision,
  options: ['skip', 'conv'],
}));

/** A supernet for tests: stem, three sites with a residual connection, pooling, classifier. */
function toyNetwork({ classes, image }: NetworkTask): Network {
  return {
    classes,
    image,
    sites: SITES,
    parameters: [
      ...conv2dParameters('stem', image.channels, STEM),
      ...SITES.flatMap(({ name }, at) =>
        reluConvBnParameters(name, CHANNELS, CONV, { site: at, option: 1 }),
      ),
      ...linearParameters('classifier', CHANNELS, classes),
    ],
    forward(images, gates, forward: Forward) {
      let x = conv2d(images, forward, 'stem', STEM);
      SITES.forEach(({ name }, at) => {
        const candidates: Candidate[] = [(m) => m, (m) => reluConvBn(m, forward, name, CONV)];
        x = addAll([x, site(x, gates[at] as Gate, candidates, forward)], forward) as typeof x;
      });
      return linear(globalAveragePool(x, forward), forward, 'classifier', classes);
    },
  };
}

/** Four architectures: what the first two edges have, and what the last one has. */
export function toySpace(): MixtureSpace<Bits> {
  return {
    ...bitSpace(2),
    supernet: toyNetwork,
    network: (_, task) => toyNetwork(task),
    path: (a, { sites }) => sites.map(({ decision }) => a[decision] ?? 0),
    derive: (weights) => argmaxRows(weights),
  };
}

/** Ten train and six valid images of 4×4 pixels; the class decides which half is bright. */
export function toyData(splits: readonly SplitName[] = ['train', 'valid']): DataSet {
  return {
    name: 'toy-images',
    batch: 4,
    classes: 2,
    image: { height: 4, width: 4, channels: 1 },
    mean: [0.5],
    std: [0.25],
    augmentation: { cropPadding: 1, flip: false },
    hash: 'toy-images',
    description: 'toy images',
    splits,
    open: (name) => toySplit(name, name === 'train' ? 10 : 6),
  };
}

function toySplit(name: SplitName, size: number) {
  const labels = Int32Array.from({ length: size }, (_, i) => i % 2);
  const pixels = Uint8Array.from({ length: size * 16 }, (_, at) => {
    const image = Math.floor(at / 16);
    const bright = Math.floor((at % 16) / 8) === (labels[image] as number);
    return (bright ? 180 : 40) + ((image * 37 + at * 11) % 50);
  });
  return memorySplit(name, labels, pixels);
}

/** Softmax rows that descend the validation loss, by first order. */
export const toyRelaxation: RelaxationRecipe = {
  begin(sites, _, saved) {
    const zeros = optionCounts(sites).map((n) => new Float64Array(n));
    let alpha = (saved as unknown as RowAdamState | undefined) ?? beginRows(zeros);
    return {
      get probabilities() {
        return softmaxRows(alpha.rows);
      },
      get state() {
        return alpha as never;
      },
      update({ valid }) {
        const p = softmaxRows(alpha.rows);
        const { rows } = valid.gradients(denseMixture(p), ['mixture']);
        const adam = { lr: 0.1, beta1: 0.5, beta2: 0.999, weightDecay: 0 };
        alpha = rowAdam(alpha, softmaxGradientRows(p, rows), adam);
        return { updated: alpha.steps };
      },
      weightMixture: () => denseMixture(softmaxRows(alpha.rows)),
    };
  },
};

/** Looks at running statistics and swaps the weights of each row. */
const toyAttack: Modifier = {
  runningStatistics: true,
  weightMixture: (mixture, { train }) => {
    train.value(mixture, { batchNorm: 'running' });
    train.gradients(mixture, ['mixture'], { batchNorm: 'running' });
    return mixture.map(({ support, weights = new Float64Array() }) => {
      return { support, weights: weights.toReversed() };
    });
  },
};

/** Learns the scale of every decision on valid images, and derives by it. */
export const toyScales: Modifier = {
  begin: ({ sites }, saved) => {
    const count = new Set(sites.map(({ decision }) => decision)).size;
    let scales =
      (saved as unknown as RowAdamState | undefined) ??
      beginRows([new Float64Array(count).fill(1)]);
    const at = (decision: number): number => scales.rows[0]?.[decision] ?? 1;
    return {
      get state() {
        return scales as never;
      },
      mixture: (mixture) => mixture.map((row, decision) => ({ ...row, scale: at(decision) })),
      update: ({ scales: gradient = new Float64Array(count) }) => {
        const adam = { lr: 0.1, beta1: 0.5, beta2: 0.999, weightDecay: 0 };
        scales = rowAdam(scales, [gradient], adam);
      },
      scores: (p) => p.map((row, decision) => row.map((value) => value * at(decision))),
    };
  },
};

/** Two stages; the second has the better option of every decision alone. */
export const toyStages: Modifier = {
  stages: 2,
  begin: () => ({ state: null, keep: (p) => argmaxRows(p).map((option) => [option]) }),
};

/** Ends the search after its second epoch, with the architecture of the first. */
export const toyStop: Modifier = {
  begin: () => ({ state: null, epochEnd: ({ epoch }) => (epoch === 1 ? { stopAt: 0 } : {}) }),
};

/** Goes back once, from the second epoch to the first, with a thousand times the weight decay. */
export const toyBack: Modifier = {
  begin: () => ({
    state: null,
    epochEnd: ({ epoch, weightDecay }) => {
      const more = weightDecay < 5e-4;
      if (epoch === 0) return { keepFor: 1 };
      return epoch === 1 && more ? { backTo: { epoch: 0, weightDecay: 1000 * weightDecay } } : {};
    },
  }),
};

const none = z.strictObject({});

/** The above as plugins, for manifests in tests. */
export const toyPlugins = [
  definePlugin({
    id: 'toy-mixture',
    kind: 'space',
    summary: 'A supernet of three sites, for tests.',
    provides: ['supernet:mixture'],
    options: none,
    create: toySpace,
  }),
  definePlugin({
    id: 'toy-images',
    kind: 'data',
    summary: 'Ten images, for tests.',
    provides: ['data:classification'],
    options: none,
    create: () => toyData(),
  }),
  definePlugin({
    id: 'toy-relaxation',
    kind: 'relaxation',
    summary: 'First-order softmax, for tests.',
    options: none,
    create: () => toyRelaxation,
  }),
  definePlugin({
    id: 'toy-attack',
    kind: 'modifier',
    summary: 'Looks at running statistics and swaps the weights of each row, for tests.',
    options: none,
    create: () => toyAttack,
  }),
  definePlugin({
    id: 'toy-scales',
    kind: 'modifier',
    summary: 'Learns the scale of every decision on valid images, for tests.',
    options: none,
    create: () => toyScales,
  }),
  ...Object.entries({ 'toy-stages': toyStages, 'toy-stop': toyStop, 'toy-back': toyBack }).map(
    ([id, modifier]) =>
      definePlugin({
        id,
        kind: 'modifier',
        summary: 'Changes the course of a search, for tests.',
        options: none,
        create: () => modifier,
      }),
  ),
];
