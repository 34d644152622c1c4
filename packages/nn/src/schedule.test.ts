import { describe, expect, it } from 'vitest';
import { constant, cosine, linearDecay } from './schedule.ts';

describe('schedules', () => {
  it('cosine falls as PyTorch computes it (check C8 of PA&DA)', () => {
    const rate = cosine({ base: 0.05, total: 250 });
    expect(rate(0)).toBe(0.05);
    expect(rate(125)).toBeCloseTo(0.025, 12);
    expect(rate(249)).toBeCloseTo(1.97e-6, 8);
    expect(cosine({ base: 0.025, min: 0.001, total: 50 })(50)).toBeCloseTo(0.001, 12);
  });

  it('linear and constant', () => {
    const rate = linearDecay({ base: 0.5, min: 0.1, total: 4 });
    expect([0, 1, 4].map(rate)).toEqual([0.5, 0.4, 0.1]);
    expect(constant(0.3)(17)).toBe(0.3);
  });
});
