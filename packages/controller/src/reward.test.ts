import { type Evaluation, type MetricSpec, type Objective, singleMetric } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { rewardOf, rewardOptions } from './reward.ts';

const accuracy: MetricSpec = { name: 'accuracy', unit: '%', direction: 'maximise' };
const perplexity: MetricSpec = { name: 'perplexity', unit: 'nats', direction: 'minimise' };

const evaluated = (metrics: Record<string, number>, status: 'final' | 'partial' = 'final') =>
  ({ proposal: { id: 'a', architecture: 0 }, metrics, cost: {}, status }) as Evaluation<number>;

const reward = (metric: MetricSpec, value: number, options: object = {}): number =>
  rewardOf(singleMetric(metric), rewardOptions.parse(options))(evaluated({ [metric.name]: value }));

describe('the reward', () => {
  it('is an accuracy as a share, or its power', () => {
    expect(reward(accuracy, 90)).toBeCloseTo(0.9, 12);
    expect(reward(accuracy, 90, { power: 3 })).toBeCloseTo(0.729, 12);
  });

  it.each([
    [60, 1.3333],
    [100, 0.8],
    [10_000, 0.008],
  ])('is c/ppl, with c = 80, of perplexity %d (check I)', (value, expected) => {
    expect(reward(perplexity, value)).toBeCloseTo(expected, 4);
    expect(reward(perplexity, value, { power: 2 })).toBeCloseTo(80 / value ** 2, 8);
  });

  it('is the number of an objective of several metrics', () => {
    const objective: Objective = {
      ...singleMetric(accuracy),
      metrics: [accuracy, perplexity],
      scalar: ({ accuracy: a = 0, perplexity: p = 0 }) => a - p,
    };
    const options = rewardOptions.parse({ power: 3 });
    expect(rewardOf(objective, options)(evaluated({ accuracy: 5, perplexity: 3 }))).toBe(2);
    const { scalar: _, ...front } = objective;
    expect(() => rewardOf(front, options)).toThrow('one number to maximise');
  });

  it('is none of what failed, is partial, missing or not finite', () => {
    const of = rewardOf(singleMetric(accuracy), rewardOptions.parse({}));
    expect(of(evaluated({ accuracy: 90 }, 'partial'))).toBeNaN();
    expect(of(evaluated({}))).toBeNaN();
    expect(of(evaluated({ accuracy: Number.POSITIVE_INFINITY }))).toBeNaN();
  });
});
