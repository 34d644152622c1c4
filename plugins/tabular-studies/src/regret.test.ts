import { createStreams, singleMetric } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { budgetsOf } from './budgets.ts';
import { type RegretQuestion, regret } from './regret.ts';
import { history, LINE, rewards, table } from './testing/toy.ts';

const question: RegretQuestion<number> = {
  histories: [history('a', 0, [0, 3, 1]), history('a', 1, [2, 2, 4])],
  truth: table(),
  space: LINE,
  evaluator: rewards(),
  streams: createStreams(0),
  axis: 'evaluations',
  at: undefined,
};

describe('regret', () => {
  it('reports the truth of the incumbent by reward, not of the best by truth', () => {
    const { metrics, tables } = regret({ ...question, at: [1, 2, 3] });
    // Run 0: 0, then 3 (truth 25), which 1 (truth 30, smaller reward) does not replace.
    // Run 1: 2, 2, then 4.
    expect(metrics).toMatchObject({
      'a/mean-at-1': (10 + 20) / 2,
      'a/mean-at-2': (25 + 20) / 2,
      'a/mean': (25 + 40) / 2,
      'a/regret': 40 - (25 + 40) / 2,
      'best-of-space': 40,
    });
    // Student's t with one degree of freedom at 97.5 %: 12.7062.
    const half = (12.7062 * Math.abs(25 - 40)) / 2;
    expect(metrics?.['a/mean-at-3-low']).toBeCloseTo((25 + 40) / 2 - half, 3);
    expect(metrics?.['a/mean-high']).toBeCloseTo((25 + 40) / 2 + half, 3);
    expect(metrics?.['a/std']).toBeCloseTo(Math.abs(25 - 40) / Math.SQRT2, 12);
    expect(tables?.regret?.rows).toHaveLength(6);
  });

  it('has exact random search beside it', () => {
    const { metrics } = regret({ ...question, at: [1, 2] });
    expect(metrics?.['random-exact/mean-at-1']).toBeCloseTo((10 + 30 + 20 + 25 + 40) / 5, 12);
    // The largest of two draws is architecture i with probability (2 i + 1) / 25.
    const two = (1 * 10 + 3 * 30 + 5 * 20 + 7 * 25 + 9 * 40) / 25;
    expect(metrics?.['random-exact/mean']).toBeCloseTo(two, 12);
  });

  it('says so where random search cannot be computed', () => {
    const { metrics, tables } = regret({ ...question, evaluator: undefined });
    expect(metrics).not.toHaveProperty('random-exact/mean');
    expect(tables?.regret?.notes?.join(' ')).toMatch(/add random search as an arm/);
  });

  it('rewards architectures in the closed form as the search did, by costs too, if without limits', () => {
    // The objective is a cost of the space that the evaluator does not measure: 4, 3, 2, 1, 0.
    const cost = singleMetric({ name: 'cost', unit: '1', direction: 'maximise' });
    const space = {
      ...LINE,
      costs: { names: ['cost'], of: (a: number) => ({ cost: 4 - a }) },
    };
    const paid = history('a', 0, [0, 1], cost, (a) => ({ cost: 4 - a }));
    const exact = regret({ ...question, space, histories: [paid], at: [1000] }).metrics;
    expect(exact?.['random-exact/mean']).toBeCloseTo(10, 9);
    const limit = { metric: 'cost', at: 'most' as const, limit: 3 };
    const limited = history('a', 0, [1], { ...cost, constraints: [limit] }, () => ({ cost: 3 }));
    const { metrics } = regret({ ...question, space, histories: [limited], at: [1] });
    expect(metrics).not.toHaveProperty('random-exact/mean');
  });

  it('counts budgets in seconds', () => {
    const { metrics } = regret({ ...question, axis: 'seconds', at: [15, 30] });
    expect(metrics?.['a/mean-at-15']).toBe((10 + 20) / 2);
    expect(metrics?.['a/mean-at-30']).toBe((25 + 40) / 2);
  });

  it('pairs arms by repetition', () => {
    const b = [history('b', 1, [4, 4, 4]), history('b', 0, [0, 0, 0])];
    const { tables } = regret({ ...question, histories: [...question.histories, ...b], at: [3] });
    const [row] = tables?.paired?.rows ?? [];
    // Run 0: 25 - 10, run 1: 40 - 40.
    expect(row?.slice(0, 3)).toEqual(['a - b', 2, 7.5]);
    expect(row?.[4]).toBe(1); // a single difference is left
  });

  it('needs evaluations', () => {
    expect(() => regret({ ...question, histories: [] })).toThrow(/evaluated nothing/);
    expect(() => regret({ ...question, histories: [history('a', 0, [])] })).toThrow(
      /evaluated nothing/,
    );
  });
});

describe('budgetsOf', () => {
  it('steps 1-2-5 up to what every history has', () => {
    const histories = [
      history('a', 0, new Array(60).fill(0)),
      history('a', 1, new Array(70).fill(0)),
    ];
    expect(budgetsOf(histories, 'evaluations', undefined)).toEqual([1, 2, 5, 10, 20, 50, 60]);
    expect(budgetsOf(histories, 'seconds', undefined).at(-1)).toBe(600);
    expect(budgetsOf(histories, 'evaluations', [50, 5, 50])).toEqual([5, 50]);
  });
});
