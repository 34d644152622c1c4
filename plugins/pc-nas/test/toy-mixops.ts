import {
  type ChoiceSpace,
  choiceSpace,
  createStreams,
  type Evaluation,
  type Metrics,
  type Sampler,
  singleMetric,
} from '@archer-nas/core';
import type { SearchOptions } from '../src/options.ts';
import { pcNas } from '../src/pc-nas.ts';

/** An architecture: the candidate that each mixop takes. */
export type Model = readonly number[];

/** A chain of mixops with these numbers of candidates; `cost` per mixop and candidate. */
export function mixops(
  N: readonly number[],
  cost?: readonly (readonly number[])[],
): ChoiceSpace<Model> {
  const costs = cost && {
    names: ['latency'],
    of: (a: Model) => ({ latency: a.reduce((sum, o, l) => sum + (cost[l]?.[o] ?? 0), 0) }),
    additive: { latency: { base: 0, perChoice: cost } },
  };
  return choiceSpace<Model>({
    name: 'mixops',
    decisions: N.map((N_l, l) => ({
      name: `mixop${l}`,
      kind: 'categorical',
      options: Array.from({ length: N_l }, (_, o) => `${o}`),
    })),
    encode: (a) => a,
    decode: (choices) => choices,
    format: (a) => a.join(''),
    parse: (text) => [...text].map(Number),
    ...(costs && { costs }),
  });
}

const metric = { name: 'accuracy', unit: '%', direction: 'maximise' } as const;

/** Options, unset ones by default. */
export const withDefaults = (options: Partial<SearchOptions>): SearchOptions => ({
  pool: 2,
  samples: 4,
  attempts: 100,
  constraint: {},
  connected: false,
  distinct: 'architecture',
  ...options,
});

/** What a search has come to, stage by stage. */
export interface Course {
  readonly sampler: Sampler<Model>;
  /** After each stage: the pool as it is reported, with potentials. */
  readonly pools: readonly (readonly (readonly [string, number])[])[];
  readonly metrics: readonly Metrics[];
  /** What was scored, in order. */
  readonly scored: readonly Model[];
  /** Of the last pool, as they were scored. */
  readonly final: readonly Evaluation<Model>[];
}

/** A whole search, its evaluator being a function. */
export function search(
  space: ChoiceSpace<Model>,
  options: Partial<SearchOptions>,
  accuracyOf: (a: Model) => number,
  seed = 0,
): Course {
  const objective = singleMetric(metric);
  const sampler = pcNas(withDefaults(options)).begin({ space, metric, objective });
  const { stages } = sampler;
  if (!stages) throw new Error('no stages');
  const streams = createStreams(seed);
  const pools: (readonly [string, number])[][] = [];
  const metrics: Metrics[] = [];
  const scored: Model[] = [];
  const final: Evaluation<Model>[] = [];
  for (let at = 0; ; at++) {
    const proposals = sampler.propose(64, streams.stream('search', at));
    if (typeof proposals === 'string') break;
    const before = stages.done;
    const evaluations = proposals.map((proposal): Evaluation<Model> => {
      const accuracy = accuracyOf(proposal.architecture);
      return { proposal, metrics: { accuracy }, cost: {}, status: 'final' };
    });
    scored.push(...proposals.map(({ architecture }) => architecture));
    if (before === stages.total) final.push(...evaluations);
    sampler.observe(evaluations);
    if (stages.done === before) continue;
    const report = sampler.advance?.({ done: stages.done, total: stages.total, unit: 'round' });
    const rows = Object.values(report?.tables ?? {})[0]?.rows ?? [];
    pools.push(rows.map(([o, potential]) => [`${o}`.replaceAll(' ', ''), potential as number]));
    metrics.push(report?.metrics ?? {});
  }
  return { sampler, pools, metrics, scored, final };
}
