import { describe, expect, it } from 'vitest';
import type { Constraint } from './evaluation.ts';
import { singleMetric, violationOf } from './objective.ts';

describe('singleMetric', () => {
  const error = singleMetric({ name: 'error', unit: '%', direction: 'minimise' });

  it('prefers the smaller value of a metric to be minimised', () => {
    expect(error.compare({ error: 1 }, { error: 2 })).toBe(-1);
    expect(error.compare({ error: 2 }, { error: 1 })).toBe(1);
    expect(error.compare({ error: 2 }, { error: 2 })).toBe(0);
  });

  it('takes NaN and missing values for the worst', () => {
    expect(error.compare({ error: Number.NaN }, { error: 99 })).toBe(1);
    expect(error.compare({ error: 99 }, {})).toBe(-1);
    expect(error.compare({ error: Number.NaN }, {})).toBe(0);
  });
});

describe('violationOf', () => {
  const limits: Constraint[] = [
    { metric: 'macs', at: 'most', limit: 200 },
    { metric: 'accuracy', at: 'least', limit: 90 },
  ];

  it('is zero on the limits themselves', () => {
    expect(violationOf(limits, { macs: 200, accuracy: 90 })).toBe(0);
  });

  it('adds the shares by which limits are missed', () => {
    expect(violationOf(limits, { macs: 250, accuracy: 81 })).toBeCloseTo(0.25 + 0.1, 12);
  });

  it('is infinite where a limited metric was not measured', () => {
    expect(violationOf(limits, { macs: 100 })).toBe(Number.POSITIVE_INFINITY);
    expect(violationOf(limits, { macs: Number.NaN, accuracy: 95 })).toBe(Number.POSITIVE_INFINITY);
  });
});
