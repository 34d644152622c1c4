import {
  type Block,
  buildSpace,
  createStreams,
  type PluginLookup,
  resolveManifest,
} from '@archer-nas/core';
import type { Blocks } from '../src/compatibility.ts';

/** The smallest options that run; a plugin that the matrix uses needs a row here. */
const TINY: Readonly<Record<string, object>> = {
  'space darts': { channels: 4, cells: 3, search: { channels: 2, cells: 3 } },
  'space darts-rnn': { width: 4 },
  'space enas-macro': { layers: 3, channels: 2, search: { channels: 2 } },
  'space enas-micro': { nodes: 1, layers: 1, channels: 2, search: { layers: 1, channels: 2 } },
  'space enas-rnn': { nodes: 3, width: 4 },
  'space fbnet': {},
  'space mobile': {
    ...{ stem: 2, first: 2, channels: [8, 8], repeats: [1, 1], strides: [2, 2, 1], head: 4 },
    costs: { classes: 10, image: 8 },
  },
  'space nas-bench-101': {},
  'space nas-bench-1shot1': {
    search: { channels: 2, cells: 1 },
    trained: { channels: 4, cells: 1 },
  },
  'space nas-bench-201': { channels: 4, cells: 1 },
  'space nas-bench-macro': {},
  'space nats-size': {},
  'space robust-darts': { channels: 4, cells: 3, search: { channels: 2, cells: 3 } },
  'space shufflenet': {
    ...{ stem: 2, channels: [4, 6], repeats: [1, 1], strides: [1, 2, 1], head: 4 },
    costs: { classes: 10, image: 8 },
  },
  'space trans-nas-bench-101-macro': {},
  'space trans-nas-bench-101-micro': {},
  'data synthetic': { train: 32, valid: 32, test: 32, batch: 16 },
  'data synthetic-text': { train: 100, valid: 60, test: 60, batch: 4, window: 8 },
  'evaluator cost': {},
  'evaluator train': { epochs: 1 },
  'evaluator train-language': { epochs: 1, evaluationLanes: 2 },
  'strategy bender-oneshot': { epochs: 1, selection: { architectures: 2, finalists: 0 } },
  'strategy bilevel': { epochs: 1 },
  'strategy close': {
    ...{ epochs: 2, curriculum: [1, 2], search: null },
    gate: { embedding: 2, hidden: 2, layers: [3], perceptron: [3] },
  },
  'strategy da-nas': { epochs: 2, shares: [0.5, 1], samples: 2, finalists: 1 },
  'strategy darts': { epochs: 1 },
  'strategy dso-nas': { epochs: 1, alphaFrom: 0, lambda: { gamma: 0.1 } },
  'strategy enas': { epochs: 1, rewards: { rounds: 1, paths: 2 }, selection: { architectures: 2 } },
  'strategy enas-language': {
    ...{ epochs: 1, rewards: { rounds: 1, paths: 2 }, selection: { architectures: 2 } },
  },
  'strategy fairnas': { epochs: 1, search: null },
  'strategy few-shot': { epochs: 1, split: { epochs: [1] }, search: null },
  'strategy gdas': { epochs: 1 },
  'strategy nas-rl': { evaluations: 1 },
  'strategy listed': {},
  'strategy magic': { epochs: 1, search: null },
  'strategy nasp': { epochs: 1 },
  'strategy nsas': { epochs: 1, archive: { size: 2 }, evaluation: { searchEvaluations: 2 } },
  'strategy one-shot': { epochs: 1 },
  'strategy one-shot-language': { epochs: 1 },
  // Not shared between decisions, whose options differ in some spaces.
  'strategy pa-da': { epochs: 1, scope: 'edge' },
  'strategy pc-nas': { epochs: 1, evaluation: { searchEvaluations: 2 } },
  'strategy proxylessnas': { epochs: 1, alphaFrom: 0, every: 1 },
  'strategy proxylessnas-r': { epochs: 1, alphaFrom: 0, every: 1, learning: { batch: 2 } },
  'strategy random': { evaluations: 1 },
  'strategy repeat': { times: 1, arms: [{ use: 'random', evaluations: 1 }] },
  'strategy rsps': { epochs: 1, selection: { architectures: 2 } },
  'strategy search': { evaluations: 1 },
  'strategy setn': { epochs: 1, selection: { architectures: 2 } },
  'strategy smash': { epochs: 1, hyper: { hidden: [4], chunk: 64 }, search: null },
  'strategy snas': { epochs: 1 },
  'strategy spos': { epochs: 1, search: { use: 'random' }, evaluation: { searchEvaluations: 2 } },
  'strategy sumnas': { epochs: 1, search: null },
};

/** What fits together, by id. */
export interface Fitting {
  readonly strategy: string;
  readonly space: string;
  readonly data?: string;
  readonly evaluator?: string;
}

/** The blocks of a manifest that runs in seconds. @throws Error for a plugin without a row */
export async function tinyBlocks(
  { strategy, space, data, evaluator }: Fitting,
  lookup: PluginLookup,
): Promise<Blocks> {
  const blocks = {
    ...{ space: tiny('space', space), strategy: tiny('strategy', strategy) },
    ...(data && { data: tiny('data', data) }),
    ...(evaluator && { evaluator: tiny('evaluator', evaluator) }),
  };
  if (strategy !== 'listed') return blocks;
  const architectures = [await anyOf(blocks, lookup)];
  return { ...blocks, strategy: { ...blocks.strategy, architectures } };
}

/** An architecture of a manifest's space, as the space writes it. */
async function anyOf(blocks: Blocks, lookup: PluginLookup): Promise<string> {
  const rest = { name: 'any', seeds: [0], study: [], profiles: {}, expect: [] };
  const resolved = await resolveManifest({ ...rest, ...blocks } as never, lookup);
  const folders = { data: '', manifest: '' };
  const space = await buildSpace(resolved, { lookup, folders, log: () => {} });
  return space.format(space.sample(createStreams(0).stream('any')));
}

function tiny(kind: string, use: string): Block {
  const options = TINY[`${kind} ${use}`];
  if (options === undefined) throw new Error(`${kind} "${use}" has no row in TINY`);
  return { use, ...options };
}
