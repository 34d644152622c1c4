import {
  type DataSet,
  definePlugin,
  memorySplit,
  type OrderRecipe,
  type SamplerRecipe,
  type SplitName,
} from '@archer-nas/core';
import {
  conv2d,
  conv2dParameters,
  type Forward,
  type Gate,
  GRADIENT_NORM,
  globalAveragePool,
  linear,
  linearParameters,
  type Network,
  type NetworkSpace,
  type NetworkTask,
  type PathRecipe,
  reluConvBn,
  reluConvBnParameters,
  type Site,
  site,
} from '@archer-nas/nn';
import { type Bits, bitSpace } from '@archer-nas/testkit';
import { z } from 'zod';

const CHANNELS = 2;
const KERNELS = [1, 3];

/** Two cells of two edges in a row; each edge is a 1×1 or a 3×3 convolution, tied over cells. */
export const SITES: readonly Site[] = [0, 1, 2, 3].map((index) => ({
  name: `cell${index >> 1}.edge${index % 2}`,
  decision: index % 2,
  options: ['conv1', 'conv3'],
}));

const operation = (at: number, option: number): string =>
  `${SITES[at]?.name}.${SITES[at]?.options[option]}`;
const shape = (option: number) => {
  const kernel = KERNELS[option] as number;
  return { outputs: CHANNELS, kernel, padding: (kernel - 1) / 2, bias: true };
};

/** A supernet for tests: stem, four sites, pooling, classifier. */
export function toyNetwork({ classes, image }: NetworkTask): Network {
  const stem = { outputs: CHANNELS, kernel: 1 };
  return {
    classes,
    image,
    sites: SITES,
    parameters: [
      ...conv2dParameters('stem', image.channels, stem),
      ...SITES.flatMap(({ options }, at) =>
        options.flatMap((_, option) =>
          reluConvBnParameters(operation(at, option), CHANNELS, shape(option), {
            site: at,
            option,
          }),
        ),
      ),
      ...linearParameters('classifier', CHANNELS, classes),
    ],
    forward(images, gates, forward: Forward) {
      let x = conv2d(images, forward, 'stem', stem);
      SITES.forEach(({ options }, at) => {
        const candidates = options.map(
          (_, option) => (input: typeof x) =>
            reluConvBn(input, forward, operation(at, option), shape(option)),
        );
        x = site(x, gates[at] as Gate, candidates, forward) ?? x;
      });
      return linear(globalAveragePool(x, forward), forward, 'classifier', classes);
    },
  };
}

/** Four architectures: which kernel each of the two edges has. */
export function toySpace(): NetworkSpace<Bits> {
  return {
    ...bitSpace(2),
    supernet: toyNetwork,
    network: (_, task) => toyNetwork(task),
    path: (a, { sites }) => sites.map(({ decision }) => a[decision] ?? 0),
  };
}

/** Ten train and six valid images of 4×4 pixels; the class decides which half is bright. */
export function toyData(batch = 4, splits: readonly SplitName[] = ['train', 'valid']): DataSet {
  return {
    name: 'toy-images',
    batch,
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

/** Proposes random architectures, `evaluations` of them. */
export function toySearch(evaluations: number): SamplerRecipe {
  return {
    evaluations,
    begin: ({ space }, saved) => {
      let proposed = (saved as { readonly proposed: number } | undefined)?.proposed ?? 0;
      return {
        propose: (_, stream) =>
          proposed === evaluations
            ? 'done'
            : [{ id: `toy-${proposed++}`, architecture: space.sample(stream) }],
        observe() {},
        get state() {
          return { proposed };
        },
      };
    },
  };
}

/** Draws each edge's larger kernel with a probability learnt from gradient norms; weighted. */
export const toyPaths: PathRecipe = {
  norms: 'after-clip',
  begin: (_, saved) => {
    const old = saved as { readonly p: number; readonly norms: readonly number[] } | undefined;
    let p = old?.p ?? 0.5;
    const norms = [...(old?.norms ?? [0, 0])];
    return {
      propose: (_n, stream) => {
        const [a, b] = [0, 1].map(() => (stream.float() < p ? 1 : 0)) as [number, number];
        const weight = [a, b].reduce((w, o) => w / (2 * (o ? p : 1 - p)), 1);
        return [{ id: 'toy', architecture: [a, b, a, b], weight }];
      },
      observe: ([evaluation]) => {
        evaluation?.proposal.architecture.forEach((o, at) => {
          norms[o] = (norms[o] ?? 0) + (evaluation.signals?.[GRADIENT_NORM]?.[at] ?? 0);
        });
      },
      advance: () => {
        const [small = 0, large = 0] = norms.splice(0, 2, 0, 0);
        p = 0.1 + (0.8 * large) / (small + large);
        return { metrics: { p } };
      },
      get state() {
        return { p, norms: [...norms] };
      },
    };
  },
};

/** Draws architectures; one that gets the reward of its round's best is drawn more often. */
export const toyLearning: SamplerRecipe = {
  begin: ({ space, metric: { name, direction } }, saved) => {
    const sign = direction === 'maximise' ? 1 : -1;
    const old = saved as
      | { readonly proposed: number; readonly liked: readonly string[] }
      | undefined;
    let proposed = old?.proposed ?? 0;
    let liked = old?.liked ?? [];
    return {
      propose: (n, stream) =>
        Array.from({ length: n }, () => {
          const isLiked = liked.length > 0 && stream.float() < 0.5;
          const architecture = isLiked ? space.parse(stream.pick(liked)) : space.sample(stream);
          return { id: `learning-${proposed++}`, architecture };
        }),
      observe: (evaluations) => {
        const rewards = evaluations.filter(({ status }) => status === 'final');
        const scores = rewards.map(({ metrics }) => sign * (metrics[name] ?? Number.NaN));
        const best = rewards.filter((_, at) => scores[at] === Math.max(...scores));
        liked = [...liked, ...best.map(({ proposal }) => space.format(proposal.architecture))];
      },
      get state() {
        return { proposed, liked };
      },
    };
  },
};

/** Takes samples in the order of their last scores, from the largest; weighted. */
export const toyOrder: OrderRecipe = {
  needsScores: true,
  begin: (size, saved) => {
    const score = (saved as Float32Array | undefined)?.slice() ?? new Float32Array(size);
    return {
      next: () => ({
        index: Int32Array.from(score.keys()).sort(
          (a, b) => (score[b] as number) - (score[a] as number) || a - b,
        ),
        weight: score.map((s) => 1 + s),
      }),
      observe: (index, scores) => {
        index.forEach((sample, at) => {
          score[sample] = scores[at] as number;
        });
      },
      get state() {
        return score.slice();
      },
    };
  },
};

const none = z.strictObject({});

/** The above as plugins, for manifests in tests. */
export const toyPlugins = [
  definePlugin({
    id: 'toy-supernet',
    kind: 'space',
    summary: 'A supernet of four sites, for tests.',
    provides: ['supernet:single-path'],
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
    id: 'toy-search',
    kind: 'sampler',
    summary: 'Random architectures, for tests.',
    options: z.strictObject({ evaluations: z.int().min(0) }),
    create: ({ evaluations }) => toySearch(evaluations),
  }),
  definePlugin({
    id: 'toy-learning',
    kind: 'sampler',
    summary: 'Learns from rewards, for tests.',
    options: none,
    create: () => toyLearning,
  }),
  definePlugin({
    id: 'toy-paths',
    kind: 'paths',
    summary: 'Learns from gradient norms, for tests.',
    options: none,
    create: () => toyPaths,
  }),
  definePlugin({
    id: 'toy-order',
    kind: 'order',
    summary: 'Learns from scores, for tests.',
    options: none,
    create: () => toyOrder,
  }),
];
