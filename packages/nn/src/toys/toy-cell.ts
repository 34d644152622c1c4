import { conv2d, conv2dParameters } from '../convolution.ts';
import { addSite, type Candidate } from '../gates.ts';
import { linear, linearParameters } from '../linear.ts';
import { MapSum } from '../map-sum.ts';
import type { Forward, Network } from '../network.ts';
import { globalAveragePool } from '../pooling.ts';
import { reluConvBn, reluConvBnParameters } from '../relu-conv-bn.ts';

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
