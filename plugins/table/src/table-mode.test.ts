import {
  type Benchmark,
  createStreams,
  type Dependencies,
  type Evaluation,
  type Evaluator,
} from '@archer-nas/core';
import { describe, expect, it } from 'vitest';

import plugin from './index.ts';
import { tableMode } from './table-mode.ts';

/** A number's accuracy is ten times the number; it trains for one second per epoch. */
function bench(seconds = true): Benchmark<number> {
  const column = {
    name: 'valid',
    unit: '%',
    direction: 'maximise',
    split: 'valid',
    description: '',
  } as const;
  const lookUp: NonNullable<Evaluator<number>['lookUp']> = (proposal, context) => {
    const epochs = (proposal.budget ?? context.budget)?.amount ?? 16;
    const cost = { epochs, images: 100 * epochs, ...(seconds ? { seconds: epochs } : {}) };
    const metrics = { valid: 10 * proposal.architecture };
    return { proposal, metrics, cost, status: proposal.architecture > 9 ? 'failed' : 'final' };
  };
  return {
    name: 'Bench',
    columns: [column],
    column,
    description: '',
    hash: '',
    value: (a) => 10 * a,
    evaluator: (columns = []) => ({
      metrics: [column, ...columns.map((name) => ({ ...column, name }))],
      hash: 'of the table',
      lookUp,
      start(proposals, context) {
        const evaluations = proposals.map((one) => lookUp(one, context));
        const progress = { done: 0, total: proposals.length, unit: 'evaluation' } as const;
        return {
          state: null,
          progress,
          step: async () => ({ evaluations }),
          evaluations: () => evaluations,
        };
      },
    }),
  };
}

const context = { batches: 'all', streams: createStreams(0) } as const;
const proposal = { id: '0', architecture: 3 };
const free = { also: [], cost: 'all' } as const;
const ask = (evaluator: Evaluator<number>, one = proposal): Evaluation<number> =>
  evaluator.lookUp?.(one, context) ?? expect.fail('no look-up');

describe('table mode', () => {
  it('is the benchmark where nothing else is asked for', () => {
    const { metrics, cost, status } = ask(tableMode(bench(), free));
    expect(metrics).toEqual({ valid: 30 });
    expect(cost).toEqual({ epochs: 16, images: 1600, seconds: 16 });
    expect(status).toBe('final');
    expect(tableMode(bench(), free).hash).toBe('of the table');
  });

  it('passes further columns on', () => {
    const { metrics } = tableMode(bench(), { ...free, also: ['params'] });
    expect(metrics.map(({ name }) => name)).toEqual(['valid', 'params']);
  });

  it('gives its budget to proposals that have none', () => {
    const evaluator = tableMode(bench(), { ...free, budget: 4 });
    expect(ask(evaluator).cost.epochs).toBe(4);
    const own = { ...proposal, budget: { amount: 8, unit: 'epoch' as const } };
    expect(ask(evaluator, own).cost.epochs).toBe(8);
    expect(ask(evaluator).cost.epochs).toBe(4);
  });

  it('reports the cost in the unit that is asked for', () => {
    expect(ask(tableMode(bench(), { ...free, cost: 'seconds' })).cost).toEqual({ seconds: 16 });
    const epochs = ask(tableMode(bench(), { ...free, cost: 'epochs' })).cost;
    expect(epochs).toEqual({ epochs: 16, images: 1600 });
  });

  it('refuses seconds that nobody recorded, though not of a failure', () => {
    const evaluator = tableMode(bench(false), { ...free, cost: 'seconds' });
    expect(() => ask(evaluator)).toThrow(expect.objectContaining({ code: 'ARCHER_BENCH_COST' }));
    expect(ask(evaluator, { id: '1', architecture: 10 }).cost).toEqual({});
  });

  it('says the same in its jobs as at once', async () => {
    const evaluator = tableMode(bench(), { also: [], budget: 4, cost: 'seconds' });
    const job = evaluator.start([proposal], context);
    const report = await job.step(new AbortController().signal);
    expect(report.evaluations).toEqual([ask(evaluator)]);
    expect(job.evaluations()).toEqual([ask(evaluator)]);
  });
});

describe('plugin table', () => {
  it('makes an evaluator of its benchmark', async () => {
    if (!('create' in plugin)) throw new Error('not a maker');
    const deps = { parts: { benchmark: bench() } } as unknown as Dependencies;
    const options = plugin.options.parse({ also: ['params'] });
    const evaluator = await plugin.create(options, deps);
    expect(evaluator.metrics).toHaveLength(2);
    expect(plugin.options.safeParse({ budget: 0 }).success).toBe(false);
  });
});
