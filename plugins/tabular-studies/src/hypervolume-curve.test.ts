import { createStreams, type Metrics, type Objective, pureEvaluator } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { type HypervolumeQuestion, hypervolumeCurve } from './hypervolume-curve.ts';
import { history, LINE } from './testing/toy.ts';

/** Four points of a front with hypervolume 16 below (6, 6), and a dominated fifth. */
const POINTS: readonly Metrics[] = [
  { x: 1, y: 5 },
  { x: 2, y: 3 },
  { x: 4, y: 2 },
  { x: 5, y: 1 },
  { x: 3, y: 3 },
];
const objective: Objective = {
  metrics: ['x', 'y'].map((name) => ({ name, unit: '1', direction: 'minimise' as const })),
  constraints: [],
  violation: () => 0,
  compare: (a, b) => {
    const [dx, dy] = [(a.x ?? 0) - (b.x ?? 0), (a.y ?? 0) - (b.y ?? 0)];
    if (dx === 0 && dy === 0) return 0;
    if (dx <= 0 && dy <= 0) return -1;
    return dx >= 0 && dy >= 0 ? 1 : undefined;
  },
};
const metricsOf = (a: number): Metrics => POINTS[a] as Metrics;

const question: HypervolumeQuestion<number> = {
  histories: [history('a', 0, [4, 1, 0, 3, 2], objective, metricsOf)],
  space: LINE,
  evaluator: pureEvaluator({
    metrics: objective.metrics,
    measure: (a: number) => ({ metrics: metricsOf(a) }),
  }),
  streams: createStreams(0),
  axis: 'evaluations',
  at: [1, 2, 5],
  ideal: { x: 0, y: 0 },
  reference: { x: 6, y: 6 },
};

describe('hypervolumeCurve', () => {
  it('follows the front, as a share of the best front', () => {
    const { metrics } = hypervolumeCurve(question);
    // (3, 3) alone: 9 of 36; (2, 3) dominates it: 12; the whole front: 16.
    expect(metrics?.['a/hypervolume-at-1']).toBeCloseTo(9 / 36, 12);
    expect(metrics?.['a/hypervolume-at-2']).toBeCloseTo(12 / 36, 12);
    expect(metrics?.['a/ratio-at-2']).toBeCloseTo(12 / 16, 12);
    expect(metrics?.['a/ratio']).toBe(1);
  });

  it('says what it is scaled to, and how large the best is', () => {
    const notes = hypervolumeCurve(question).tables?.hypervolume?.notes?.join(' ');
    expect(notes).toMatch(/ideal \(x 0, y 0\).*reference \(x 6, y 6\)/);
    expect(notes).toMatch(/4 points and hypervolume 0.44444/);
  });

  it('has no share where the best front is not known', () => {
    const { metrics } = hypervolumeCurve({ ...question, evaluator: undefined });
    expect(metrics).not.toHaveProperty('a/ratio');
  });

  it('names a metric that a corner lacks', () => {
    expect(() => hypervolumeCurve({ ...question, reference: { x: 6 } })).toThrow(
      /reference has no y/,
    );
  });
});
