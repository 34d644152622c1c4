import { describe, expect, it } from 'vitest';
import { type LatencyLoss, withLatency } from './latency-loss.ts';

describe('R39 latency in the loss (checks of ProxylessNAS)', () => {
  const mul: LatencyLoss = { form: 'mul#log', reference: 80, scale: 0.2, power: 0.3 };
  it.each([
    [100, 0.406005],
    [60, 0.391934],
  ])('makes .2 · 2 · (ln %i / ln 80)^.3 = %f of a loss of 2', (latency, expected) => {
    expect(withLatency(2, latency, mul).value).toBeCloseTo(expected, 6);
  });

  it.each<[string, LatencyLoss]>([
    ['add', { form: 'add', weight: 0.05 }],
    ['mul#log', mul],
  ])('has the slopes of finite differences in the form %s', (_, loss) => {
    const value = (ce: number, latency: number) => withLatency(ce, latency, loss).value;
    const { byLoss, byLatency } = withLatency(2, 100, loss);
    expect(byLoss).toBeCloseTo((value(2.001, 100) - value(1.999, 100)) / 0.002, 8);
    expect(byLatency).toBeCloseTo((value(2, 100.01) - value(2, 99.99)) / 0.02, 8);
  });
});

it('refuses a latency whose logarithm is not positive, and says what to do', () => {
  const loss: LatencyLoss = { form: 'mul#log', reference: 2, scale: 0.2, power: 0.3 };
  expect(() => withLatency(2, 0.8, loss)).toThrow(
    expect.objectContaining({
      code: 'ARCHER_LATENCY',
      message: expect.stringContaining('0.8'),
      hint: expect.stringContaining('smaller unit'),
    }),
  );
});
