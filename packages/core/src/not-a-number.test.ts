import { describe, expect, it } from 'vitest';
import { bootstrapInterval } from './bootstrap.ts';
import type { Evaluation, Objective } from './evaluation.ts';
import { kendallTauB } from './kendall.ts';
import { meritOf } from './merit.ts';
import { compareNumbers, singleMetric } from './objective.ts';
import { holm } from './paired-tests.ts';
import { crowdingDistances } from './pareto.ts';
import { ParetoArchive } from './pareto-archive.ts';
import { randomSearchExpectation } from './random-expectation.ts';
import { precisionAtTop, spearman } from './rank-metrics.ts';
import { createStreams } from './streams.ts';
import { summarise } from './t-interval.ts';
import { incumbentMetrics, winningMetrics } from './winning.ts';

const evaluation = (score: number, more: Partial<Evaluation<string>> = {}): Evaluation<string> => ({
  proposal: { id: String(score), architecture: String(score) },
  metrics: { score },
  cost: {},
  status: 'final',
  ...more,
});

const NAN = Number.NaN;
const maximise = singleMetric({ name: 'score', unit: '', direction: 'maximise' });
const minimise = singleMetric({ name: 'score', unit: '', direction: 'minimise' });

/** Every order of a list. */
function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}

describe('R33 NaN never wins', () => {
  it.each([
    ['maximised', maximise, '9'],
    ['minimised', minimise, '-3'],
  ])('as the best of a metric that is %s, in whatever order they come', (_, objective, best) => {
    for (const scores of permutations([1, NAN, 9, -3, NAN])) {
      const archive = new ParetoArchive<string>(objective);
      for (const score of scores) archive.add(evaluation(score));
      expect(archive.front.map(({ proposal }) => proposal.id)).toStrictEqual([best]);
    }
  });

  it('where nothing else is there: then nothing is the best', () => {
    const archive = new ParetoArchive<string>(maximise);
    expect(archive.add(evaluation(NAN))).toBe(false);
    expect(archive.add(evaluation(5, { status: 'failed' }))).toBe(false);
    expect(archive.add(evaluation(5, { metrics: {} }))).toBe(false);
    expect(archive.front).toStrictEqual([]);
  });

  it('in one of several metrics, or in one that is limited', () => {
    const limited = {
      ...maximise,
      constraints: [{ metric: 'macs', at: 'most', limit: 5 }] as const,
    };
    const objective: Objective = { ...limited, violation: () => 0 };
    const of = (metrics: Record<string, number>) => evaluation(0, { metrics });
    expect(winningMetrics(of({ score: 1, macs: NAN }), objective)).toBeUndefined();
    expect(incumbentMetrics(of({ score: NAN, macs: 1 }), objective)).toBeUndefined();
    expect(incumbentMetrics(of({ score: 1, macs: 1 }), objective)).toBeDefined();
  });

  it('as a reward of numbers', () => {
    // Rewarded by score / macs: 0 / 0.
    const ratio = ({ score = 0, macs = 0 }) => score / macs;
    const objective: Objective = {
      ...maximise,
      scalar: ratio,
      compare: (a, b) => compareNumbers(ratio(a), ratio(b)),
    };
    const of = (score: number, macs: number) => evaluation(score, { metrics: { score, macs } });
    expect(meritOf(of(0, 0), objective)).toStrictEqual({ violation: NAN, fitness: NAN });
    expect(meritOf(of(1, 2), objective)).toStrictEqual({ violation: 0, fitness: 0.5 });
    const archive = new ParetoArchive<string>(objective);
    expect(archive.add(of(0, 0))).toBe(false);
    expect(archive.add(of(-1, 2))).toBe(true);
  });

  it('a comparison, from either side', () => {
    for (const value of [0, -1e300, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]) {
      expect(compareNumbers(NAN, value)).toBe(1);
      expect(compareNumbers(value, NAN)).toBe(-1);
    }
    expect(compareNumbers(NAN, NAN)).toBe(0);
    expect([3, NAN, 1, NAN, 2].sort(compareNumbers)).toStrictEqual([3, 2, 1, NAN, NAN]);
    for (const objective of [maximise, minimise]) {
      expect(objective.compare({ score: NAN }, { score: 1 })).toBe(1);
      expect(objective.compare({ score: 1 }, { score: NAN })).toBe(-1);
    }
  });

  it('a ranking, a top list or an expectation: they refuse it', () => {
    const refused = expect.objectContaining({ code: 'ARCHER_NOT_A_NUMBER' });
    expect(() => kendallTauB([1, NAN, 2], [1, 2, 3])).toThrow(refused);
    expect(() => spearman([1, 2, 3], [NAN, 2, 3])).toThrow(refused);
    expect(() => precisionAtTop([1, NAN], [1, 2], ['a', 'b'], 0.5)).toThrow(refused);
    expect(() => randomSearchExpectation([1, NAN, 2], [1, 2, 3], 2)).toThrow(refused);
    expect(() => holm([0.1, NAN])).toThrow('a p value is NaN');
  });

  it('over seeds: their mean and interval are NaN, not that of the others', () => {
    expect(summarise([1, NAN, 3])).toStrictEqual({
      n: 3,
      mean: NAN,
      std: NAN,
      low: NAN,
      high: NAN,
    });
  });

  it('a bootstrap: resamples without a value are left out', () => {
    const stream = createStreams(0).stream('bootstrap');
    const statistic = (indices: ArrayLike<number>) => (Number(indices[0]) % 2 === 0 ? NAN : 1);
    const { low, high, resamples } = bootstrapInterval(4, statistic, { stream, resamples: 100 });
    expect([low, high]).toStrictEqual([1, 1]);
    expect(resamples).toBeLessThan(100);
  });
});

describe('R33 infinite scores', () => {
  const infinity = Number.POSITIVE_INFINITY;

  it('win and lose like other numbers', () => {
    expect(compareNumbers(infinity, 1)).toBe(-1);
    expect(compareNumbers(-infinity, 1)).toBe(1);
    expect(winningMetrics(evaluation(-infinity), maximise)).toStrictEqual({ score: -infinity });
  });

  it('leave crowding distances numbers', () => {
    expect(crowdingDistances([[-infinity], [0], [1], [5]])).toStrictEqual([
      infinity,
      1,
      0,
      infinity,
    ]);
    const equal = [[-infinity], [-infinity], [-infinity]];
    expect(crowdingDistances(equal)).toStrictEqual([infinity, 0, infinity]);
    expect(crowdingDistances([[-infinity], [-infinity], [3]])[1]).toBe(1);
  });
});
