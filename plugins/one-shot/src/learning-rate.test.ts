import { describe, expect, it } from 'vitest';
import { learningRate } from './learning-rate.ts';
import { oneShotOptions } from './options.ts';

describe('learning rate', () => {
  const stepsPerEpoch = Math.ceil(50_000 / 256);

  it('follows the cosine of 250 epochs, constant within an epoch', () => {
    expect(stepsPerEpoch).toBe(196);
    const rate = learningRate(oneShotOptions.parse({}), stepsPerEpoch);
    expect(rate(0)).toBe(0.05);
    expect(rate(195)).toBe(0.05);
    expect(rate(125 * 196)).toBeCloseTo(0.025, 12);
    expect(rate(249 * 196)).toBeCloseTo(1.97e-6, 8);
    expect(rate(250 * 196 - 1)).toBe(rate(249 * 196));
  });

  it('falls in a straight line per step as in the original SPOS', () => {
    const options = oneShotOptions.parse({
      lr: 0.5,
      schedule: 'linear',
      every: 'step',
      epochs: 150,
    });
    expect(learningRate(options, 1000)(75_000)).toBe(0.25);
  });

  it('starts again where it is asked to, per epoch or per step (check E of ENAS)', () => {
    const restarts = { first: 10, factor: 2 };
    const given = { minLr: 0.001, epochs: 310, restarts };
    const perEpoch = learningRate(oneShotOptions.parse(given), 100);
    expect([10, 30, 70, 150].map((epoch) => perEpoch(100 * epoch))).toEqual(Array(4).fill(0.05));
    expect(perEpoch(100 * 309 + 99)).toBeCloseTo(0.001005, 6);
    expect(perEpoch(2050)).toBe(perEpoch(2000));
    const perStep = learningRate(oneShotOptions.parse({ ...given, every: 'step' }), 100);
    expect(perStep(500)).toBeCloseTo(0.0255, 12);
    expect(perStep(2050)).toBeLessThan(perStep(2000));
    const wrong = oneShotOptions.parse({ schedule: 'linear', restarts });
    expect(() => learningRate(wrong, 100)).toThrow(/Only a cosine starts again/);
  });

  it('ends at minLr, or never changes', () => {
    const cosine = oneShotOptions.parse({ minLr: 0.001, every: 'step', epochs: 2 });
    expect(learningRate(cosine, 10)(20)).toBeCloseTo(0.001, 15);
    const constant = oneShotOptions.parse({ schedule: 'constant', epochs: 2 });
    expect(learningRate(constant, 10)(19)).toBe(0.05);
  });
});
