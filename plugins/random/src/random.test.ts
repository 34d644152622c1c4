import {
  createStreams,
  type Evaluation,
  kendallTauB,
  type State,
  singleMetric,
} from '@archer-nas/core';
import toys, {
  bitSpace,
  createParts,
  describeSampler,
  describeStrategy,
  drive,
} from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { bestOf } from './incumbent.ts';
import plugins from './index.ts';
import { randomSampler } from './random-sampler.ts';

const toy = {
  plugins: [...plugins, ...toys],
  space: { use: 'toy-bits', bits: 6 },
  evaluator: { use: 'toy-ones' },
};

describeStrategy({ ...toy, strategy: { use: 'random', evaluations: 7, batch: 3 } });
// Two bits make four architectures: the sampler is done before the budget is.
describeStrategy({
  ...toy,
  space: { use: 'toy-bits', bits: 2 },
  strategy: { use: 'search', evaluations: 9, batch: 3, sampler: { use: 'random' } },
});

const space = bitSpace(5);
const metric = { name: 'ones', unit: 'bits', direction: 'maximise' } as const;
const objective = singleMetric(metric);
describeSampler('random', {
  begin: (saved?: State) =>
    randomSampler({ repeats: false, attempts: 100 }).begin({ space, metric, objective }, saved),
  evaluate: (proposal) => ({ proposal, metrics: { ones: 1 }, cost: {}, status: 'final' }),
  legal: (a) => a.length === 5,
});

async function run(strategy: { use: string; [option: string]: unknown }, bits = 6) {
  const parts = await createParts({ ...toy, strategy, space: { use: 'toy-bits', bits } });
  const search = await parts.strategy.begin({ streams: createStreams(3) });
  await drive(search);
  return search;
}

describe('random search', () => {
  it('visits a whole space once and finds its optimum', async () => {
    const search = await run({ use: 'random', evaluations: 100 }, 4);
    expect(search.progress).toEqual({ done: 16, total: 16, unit: 'evaluation' });
    expect((await search.result()).metrics).toEqual({ ones: 4 });
  });

  it('has scores that say nothing about the truth', async () => {
    const { views } = await run({ use: 'random', evaluations: 1 }, 10);
    const all = [...bitSpace(10).all()];
    const proposals = all.map((architecture, i) => ({ id: `${i}`, architecture }));
    const job = views.scores?.start(proposals, { batches: 'all', streams: createStreams(0) });
    await job?.step(new AbortController().signal);
    const scores = job?.evaluations().map(({ metrics }) => metrics['random-score'] ?? Number.NaN);
    const truth = all.map((a) => a.filter((bit) => bit === 1).length);
    // Standard deviation of tau without correlation: √(2 (2n + 5) / (9 n (n - 1))) = 0.021
    expect(Math.abs(kendallTauB(scores ?? [], truth))).toBeLessThan(3 * 0.021);
  });

  it('names a metric that the evaluator does not have', async () => {
    const search = run({ use: 'random', metric: 'accuracy' });
    await expect(search).rejects.toThrow("does not measure 'accuracy', only ones");
  });
});

describe('bestOf', () => {
  const evaluation = (architecture: string, value: number): Evaluation<string> => ({
    proposal: { id: '', architecture },
    metrics: { m: value },
    cost: {},
    status: 'final',
  });
  const best = (direction: 'maximise' | 'minimise', ...list: Evaluation<string>[]) =>
    bestOf(list, { name: 'm', unit: '', direction }, (a) => a)?.proposal.architecture;

  it('follows the direction', () => {
    expect(best('maximise', evaluation('a', 1), evaluation('b', 2))).toBe('b');
    expect(best('minimise', evaluation('a', 1), evaluation('b', 2))).toBe('a');
  });

  it('never picks NaN or a failure, and breaks ties by id', () => {
    const failed = { ...evaluation('f', 9), status: 'failed' } as const;
    const list = [evaluation('n', Number.NaN), failed, evaluation('c', 1), evaluation('b', 1)];
    expect(best('maximise', ...list)).toBe('b');
    expect(best('minimise', ...list.slice(0, 2))).toBeUndefined();
  });
});
