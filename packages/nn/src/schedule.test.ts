import { describe, expect, it } from 'vitest';
import { constant, cosine, cosineRestarts, exponential, linearDecay } from './schedule.ts';

describe('schedules', () => {
  it('cosine falls as PyTorch computes it (check C8 of PA&DA)', () => {
    const rate = cosine({ base: 0.05, total: 250 });
    expect(rate(0)).toBe(0.05);
    expect(rate(125)).toBeCloseTo(0.025, 12);
    expect(rate(249)).toBeCloseTo(1.97e-6, 8);
    expect(cosine({ base: 0.025, min: 0.001, total: 50 })(50)).toBeCloseTo(0.001, 12);
  });

  it('exponential stays up to an epoch, then falls by its factor in each', () => {
    const rate = exponential({ base: 20, factor: 0.96, from: 15 });
    expect([0, 14].map(rate)).toEqual([20, 20]);
    expect(rate(15)).toBeCloseTo(19.2, 12);
    expect(rate(16)).toBeCloseTo(18.432, 12);
  });

  it('cosine starts again at epochs 10, 30, 70, 150 and 310 (check E of ENAS)', () => {
    const rate = cosineRestarts({ base: 0.05, min: 0.001, first: 10, factor: 2 });
    const expected = [
      ...([
        [0, 0.05],
        [5, 0.0255],
        [9, 0.002199],
        [10, 0.05],
        [20, 0.0255],
        [29, 0.001302],
      ] as const),
      ...([
        [30, 0.05],
        [70, 0.05],
        [150, 0.05],
        [309, 0.001005],
        [310, 0.05],
      ] as const),
    ];
    for (const [epoch, lr] of expected) expect(rate(epoch), `epoch ${epoch}`).toBeCloseTo(lr, 6);
    const starts = Array.from({ length: 311 }, (_, epoch) => epoch).filter((e) => rate(e) === 0.05);
    expect(starts).toEqual([0, 10, 30, 70, 150, 310]);
  });

  it('cosine starts again after equally long cycles, in steps that are no whole epochs', () => {
    const rate = cosineRestarts({ base: 1, first: 2, factor: 1 });
    expect([0, 1, 1.5, 2, 3, 7].map((t) => Number(rate(t).toFixed(6)))).toEqual([
      ...[1, 0.5, 0.146447, 1, 0.5, 0.5],
    ]);
  });

  it('linear and constant', () => {
    const rate = linearDecay({ base: 0.5, min: 0.1, total: 4 });
    expect([0, 1, 4].map(rate)).toEqual([0.5, 0.4, 0.1]);
    expect(constant(0.3)(17)).toBe(0.3);
  });
});
