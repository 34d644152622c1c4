import { type DataSet, memorySplit } from '@archer-nas/core';
import {
  addSite,
  type Batch,
  batchReader,
  type Candidate,
  conv2d,
  conv2dParameters,
  type Forward,
  globalAveragePool,
  linear,
  linearParameters,
  MapSum,
  type Network,
  reluConvBn,
  reluConvBnParameters,
} from '@archer-nas/nn';

const WIDTH = 2;
const OPTIONS = ['none', 'skip', 'conv'];
const CONV = { outputs: WIDTH, kernel: 3, padding: 1 };
const STEM = { outputs: WIDTH, kernel: 1 };
const EDGES = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;

/** One cell of three edges; they share `sets` sets of operations, or have their own. */
export function toyCell(sets?: number): Network {
  const count = sets ?? 1;
  const nameOf = (edge: number, set: number) => (sets ? `set${set}.conv` : `edge${edge}.conv`);
  const candidates = (edge: number, forward: Forward): Candidate[] =>
    Array.from({ length: count }, (_, set): Candidate[] => [
      () => undefined,
      (x) => x,
      (x) => reluConvBn(x, forward, nameOf(edge, set), CONV),
    ]).flat();
  const owned = sets === undefined ? EDGES.map((_, edge) => edge) : [0];
  return {
    ...{ classes: 2, image: { height: 4, width: 4, channels: 1 } },
    sites: EDGES.map(([from, to], decision) => ({
      ...{ name: `cell.edge${decision}`, decision, options: OPTIONS, zero: 0 },
      ...{ from: `cell.${from}`, node: `cell.${to}`, ...(sets && { sets }) },
    })),
    parameters: [
      ...conv2dParameters('stem', 1, STEM),
      ...owned.flatMap((edge) =>
        Array.from({ length: count }, (_, set) => {
          const owner = { site: edge, option: 2 + set * OPTIONS.length };
          const shared = sets === undefined ? owner : { ...owner, sharedBy: [1, 2] };
          return reluConvBnParameters(nameOf(edge, set), WIDTH, CONV, shared);
        }).flat(),
      ),
      ...linearParameters('classifier', WIDTH, 2),
    ],
    forward(images, gates, forward) {
      const nodes = [0, 1, 2].map(() => new MapSum(forward));
      nodes[0]?.add(conv2d(images, forward, 'stem', STEM), true);
      nodes[2]?.add(nodes[0]?.total, false);
      EDGES.forEach(([from, to], edge) => {
        const node = nodes[to] as MapSum;
        addSite(
          node,
          nodes[from]?.total,
          gates[edge] ?? { support: [] },
          candidates(edge, forward),
          forward,
        );
      });
      const y = nodes[2]?.total as Parameters<typeof globalAveragePool>[0];
      return linear(globalAveragePool(y, forward), forward, 'classifier', 2);
    },
  };
}

/** Twelve images of 4×4 pixels; the class decides which half is bright. */
export function toyImages(): DataSet {
  const labels = Int32Array.from({ length: 12 }, (_, i) => i % 2);
  const pixels = Uint8Array.from({ length: 12 * 16 }, (_, at) => {
    const image = Math.floor(at / 16);
    const bright = Math.floor((at % 16) / 8) === (labels[image] as number);
    return (bright ? 180 : 40) + ((image * 37 + at * 11) % 50);
  });
  return {
    ...{ name: 'toy-images', hash: 'toy-images', description: 'toy images', batch: 4, classes: 2 },
    ...{ image: { height: 4, width: 4, channels: 1 }, mean: [0.5], std: [0.25], splits: ['train'] },
    augmentation: { cropPadding: 0, flip: false },
    open: (name) => memorySplit(name, labels, pixels),
  };
}

/** Four train images, others in each of three steps. */
export function batchOf(data: DataSet, step: number): Batch {
  const first = 4 * (step % 3);
  const index = Int32Array.of(first, first + 1, first + 2, first + 3);
  return batchReader(data, data.open('train')).plain(index);
}
