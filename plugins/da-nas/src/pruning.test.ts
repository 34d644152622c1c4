import { createStreams, type Sampler, singleMetric } from '@archer-nas/core';
import { type Bits, bitSpace } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import plugins from './index.ts';
import { pruned, pruning } from './pruning.ts';

const metric = { name: 'accuracy', unit: '%', direction: 'maximise' } as const;
const space = bitSpace(3);
const options = { stages: 2, samples: 40, drop: 0.5, finalists: 3 };

const begin = (given = options) =>
  pruning(given).begin<Bits>({ space, metric, objective: singleMetric(metric) });

/** Proposes and scores what it asks for, until `count` are scored. */
function score(sampler: Sampler<Bits>, count: number, accuracy: (a: Bits) => number): Bits[] {
  return Array.from({ length: count }, (_, step) => {
    const proposals = sampler.propose(1, createStreams(4).stream('search', step));
    if (typeof proposals === 'string') throw new Error(`it is ${proposals} at step ${step}`);
    const [proposal] = proposals as [(typeof proposals)[0]];
    const metrics = { accuracy: accuracy(proposal.architecture) };
    sampler.observe([{ proposal, metrics, cost: {}, status: 'final' }]);
    return proposal.architecture;
  });
}

describe('pruning', () => {
  it('drops the options whose paths are worst on average, by hand', () => {
    const paths = [
      { choices: [0, 0], accuracy: 60 },
      { choices: [1, 1], accuracy: 50 },
      { choices: [2, 0], accuracy: 40 },
      { choices: [0, 2], accuracy: 20 },
      { choices: [2, 1], accuracy: 44 },
    ];
    // Decision 0: means 40, 50, 42; decision 1: 50, 47, 20. Option 3 was never drawn.
    expect(pruned([0, 1, 2, 3], 0, paths, 0.3)).toEqual([1, 2, 3]);
    expect(pruned([0, 1, 2, 3], 0, paths, 0.5)).toEqual([1, 3]);
    expect(pruned([0, 1, 2], 1, paths, 0.4)).toEqual([0, 1]);
    // ⌊0.4 · 2⌋ = 0.
    expect(pruned([0, 1], 1, paths, 0.4)).toEqual([0, 1]);
  });

  it('leaves of each decision its better option, and draws nothing else any more', () => {
    const sampler = begin({ ...options, stages: 1 });
    const before = score(sampler, 40, ([a, b, c]) => 10 * (a ?? 0) - 5 * (b ?? 0) + (c ?? 0));
    expect(new Set(before.map((bits) => bits.join(''))).size).toBe(8);
    expect(sampler.stages?.done).toBe(1);
    expect(sampler.stages?.draw(createStreams(9).stream('paths'))).toEqual([1, 0, 1]);
    expect(sampler.advance?.({ done: 1, total: 1, unit: 'round' }).metrics).toEqual({
      'options-left': 3,
    });
    const finalists = score(sampler, 3, () => 0);
    expect(finalists).toEqual(Array(3).fill([1, 0, 1]));
    expect(sampler.propose(1, createStreams(4).stream('search', 9))).toBe('done');
  });

  it('only ever shrinks what is left, by options of the stage before', () => {
    const sampler = begin({ ...options, drop: 0.4, samples: 12 });
    const seen = [0, 1, 2].map((stage) => {
      if (stage > 0) score(sampler, 12, ([a = 0]) => a);
      return (sampler.state as { left: number[][] }).left;
    });
    for (const stage of [1, 2]) {
      seen[stage]?.forEach((left, d) => {
        expect(left.length).toBeGreaterThan(0);
        expect(left.every((option) => seen[stage - 1]?.[d]?.includes(option))).toBe(true);
      });
    }
  });

  it('judges an option by those of its paths that have a score, and drops those that have none first', () => {
    const sampler = begin({ ...options, stages: 1 });
    score(sampler, 40, ([a = 0, b = 0]) => (b === 1 ? Number.NaN : a));
    const { left } = sampler.state as { left: number[][] };
    expect(left.slice(0, 2)).toEqual([[1], [0]]);
  });
});

describe('the preset da-nas', () => {
  it('has as many stages as there are changes of phase, and phases of equal length', () => {
    const strategy = plugins.find(({ kind }) => kind === 'strategy') as (typeof plugins)[0];
    const block = (strategy as never as { preset(o: unknown): Record<string, never> }).preset(
      strategy.options.parse({ shares: [0.25, 0.5, 0.75, 1], epochs: 40 }),
    );
    expect(block).toMatchObject({ use: 'one-shot', epochs: 40, warmUp: 0.25 });
    expect(block.search).toMatchObject({ stages: 3 });
    expect(block.paths).toEqual({ use: 'remaining' });
  });
});
