import { describe, expect, it } from 'vitest';
import { pureEvaluator } from './pure-evaluator.ts';
import { createStreams } from './streams.ts';

const metrics = [{ name: 'length', unit: 'letters', direction: 'maximise' }] as const;
const context = { batches: 'all', streams: createStreams(0) } as const;
const proposals = ['a', 'bbb', 'cc'].map((architecture) => ({ id: architecture, architecture }));
const { signal } = new AbortController();

const lengths = (perStep: number) =>
  pureEvaluator<string>({ metrics, perStep, measure: (a) => ({ metrics: { length: a.length } }) });

describe('pureEvaluator', () => {
  it('measures every proposal, in order, a number of them per step', async () => {
    const job = lengths(2).start(proposals, context);
    const report = await job.step(signal);
    expect(report.evaluations).toHaveLength(2);
    expect(job.progress).toEqual({ done: 2, total: 3, unit: 'evaluation' });
    await job.step(signal);
    expect(job.progress.done).toBe(3);
    expect(job.evaluations().map(({ metrics }) => metrics.length)).toEqual([1, 3, 2]);
  });

  it('goes on from a saved state', async () => {
    const first = lengths(1).start(proposals, context);
    await first.step(signal);
    const second = lengths(1).start(proposals, context, first.state);
    expect(second.evaluations()).toEqual(first.evaluations());
    await second.step(signal);
    expect(second.evaluations().map(({ proposal }) => proposal.id)).toEqual(['a', 'bbb']);
  });

  it('has finished at once when nothing is proposed', () => {
    expect(lengths(1).start([], context).progress).toEqual({
      done: 0,
      total: 0,
      unit: 'evaluation',
    });
  });
});
