import { describe, expect, it } from 'vitest';
import { expectedLatency, type LatencyLoss, latencyRows, withLatency } from './expected-latency.ts';
import type { Rows } from './mixture.ts';
import type { Site } from './network.ts';
import { softmaxRows } from './softmax-rows.ts';

const table = { conv: 10, sep: 20, pool: 5 };
const options = ['conv', 'sep', 'pool'];
const sites: Site[] = [0, 1].map((cell) => ({ name: `cell${cell}.edge0`, decision: 0, options }));

describe('R39 latency in the loss (checks of ProxylessNAS)', () => {
  it('is expected to be 9.985252 for (10, 20, 5) at α = (.2, −.3, .4)', () => {
    const p = softmaxRows([Float64Array.of(0.2, -0.3, 0.4)]);
    const rows = latencyRows(sites.slice(0, 1), table);
    expect(expectedLatency(p, rows)).toBeCloseTo(9.985252, 5);
  });

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

describe('a latency table', () => {
  const latencies = (given: Readonly<Record<string, number>>): Rows => latencyRows(sites, given);

  it('counts every site of a decision, each with its own latency where it has one', () => {
    expect(latencies(table)).toEqual([Float64Array.of(20, 40, 10)]);
    expect(latencies({ ...table, 'cell1.edge0.sep': 7 })).toEqual([Float64Array.of(20, 27, 10)]);
  });

  it('names an option that it lacks, what it has, and what to add', () => {
    expect(() => latencies({ conv: 1, sep: 2 })).toThrow(
      expect.objectContaining({
        code: 'ARCHER_LATENCY',
        message: expect.stringMatching(/no "pool".*cell0\.edge0.*conv, sep/),
        hint: expect.stringContaining('"cell0.edge0.pool"'),
      }),
    );
  });
});
