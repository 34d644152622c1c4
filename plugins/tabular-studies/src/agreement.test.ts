import { createStreams, kendallTauB, spearman } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { agreement } from './agreement.ts';
import { LINE, REWARD, rewards, TRUTH, table } from './testing/toy.ts';

const question = {
  space: LINE,
  architectures: [0, 1, 2, 3, 4],
  truth: table(),
  streams: createStreams(0),
};
const { signal } = new AbortController();

describe('agreement', () => {
  it('compares columns and evaluators with the truth, and a random order with both', async () => {
    const measures = [rewards(), table(TRUTH.map((value) => -value))];
    const { tables, metrics } = await agreement({ ...question, measures }, signal);
    expect(tables?.agreement?.rows.map(([name]) => name)).toEqual(['reward', 'truth', 'random']);
    expect(metrics?.['reward/spearman']).toBe(spearman(REWARD, TRUTH));
    expect(metrics?.['reward/kendall-tau']).toBe(kendallTauB(REWARD, TRUTH));
    expect(metrics?.['truth/kendall-tau']).toBe(-1);
  });

  it('tells measures of one name apart, also from the random order', async () => {
    const random = { ...rewards(), metrics: [{ ...rewards().metrics[0], name: 'random' }] };
    const measures = [rewards(), rewards(TRUTH), random as ReturnType<typeof rewards>];
    const { tables, metrics } = await agreement({ ...question, measures }, signal);
    expect(tables?.agreement?.rows.map(([name]) => name)).toEqual([
      ...['reward', 'reward-2', 'random', 'random-2'],
    ]);
    expect(metrics?.['reward/spearman']).toBe(spearman(REWARD, TRUTH));
    expect(metrics?.['reward-2/spearman']).toBe(1);
  });

  it('leaves out what has no value', async () => {
    const measures = [rewards([1, Number.NaN, 3, 4, 5])];
    const { tables } = await agreement({ ...question, measures }, signal);
    expect(tables?.agreement?.rows[0]?.[1]).toBe(4);
  });
});
