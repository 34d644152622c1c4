import { definePlugin, type Metrics, type Objective, pureEvaluator } from '@archer-nas/core';
import toys, { createParts } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import plugins, { amcReward, mnasnetReward, renaReward } from './index.ts';

/** Measures an accuracy in percent, an error and a latency. */
const measured = definePlugin({
  id: 'measured',
  kind: 'evaluator',
  summary: 'For tests.',
  options: z.strictObject({}),
  create: () =>
    pureEvaluator({
      metrics: [
        { name: 'accuracy', unit: '%', direction: 'maximise' },
        { name: 'error', unit: '1', direction: 'minimise' },
        { name: 'latency', unit: 'ms', direction: 'minimise' },
      ],
      measure: () => ({ metrics: {} }),
    }),
});

async function create(
  objective: { readonly use: string } & Record<string, unknown>,
): Promise<Objective> {
  const parts = await createParts({
    plugins: [...plugins, ...toys, measured] as never,
    space: { use: 'toy-bits', bits: 4 },
    evaluator: { use: 'measured' },
    strategy: { use: 'toy-climb' },
    objective,
  });
  return parts.objective as Objective;
}

describe('single', () => {
  it("takes the evaluator's first metric and puts limits first", async () => {
    const { compare, metrics } = await create({ use: 'single', most: { latency: 10 } });
    expect(metrics.map(({ name }) => name)).toEqual(['accuracy']);
    expect(compare({ accuracy: 80, latency: 10 }, { accuracy: 90, latency: 11 })).toBe(-1);
    expect(compare({ accuracy: 80, latency: 20 }, { accuracy: 70, latency: 11 })).toBe(1);
    expect(compare({ accuracy: 80, latency: 1 }, { accuracy: 70, latency: 9 })).toBe(-1);
  });

  it('minimises what is to be minimised', async () => {
    const { compare } = await create({ use: 'single', metric: 'error' });
    expect(compare({ error: 0.1 }, { error: 0.2 })).toBe(-1);
  });

  it('names a metric that nobody has, and how to give one that the strategy measures', async () => {
    await expect(create({ use: 'single', metric: 'accurracy' })).rejects.toThrow(
      /metric "accurracy".*accuracy, error, latency/,
    );
    const own = { name: 'valid-accuracy', direction: 'maximise' };
    expect((await create({ use: 'single', metric: own })).metrics).toEqual([{ ...own, unit: '1' }]);
  });
});

describe('pareto', () => {
  const front = { use: 'pareto', metrics: ['accuracy', 'latency'] };

  it('prefers what is better somewhere and worse nowhere', async () => {
    const { compare } = await create(front);
    const a: Metrics = { accuracy: 90, latency: 5 };
    expect(compare(a, { accuracy: 90, latency: 6 })).toBe(-1);
    expect(compare(a, { accuracy: 91, latency: 5 })).toBe(1);
    expect(compare(a, { accuracy: 91, latency: 6 })).toBeUndefined();
    expect(compare(a, { ...a })).toBe(0);
    expect(compare(a, { accuracy: 91 })).toBeUndefined();
  });

  it('prefers what keeps the limits, then what misses them by less', async () => {
    const { compare } = await create({ ...front, least: { accuracy: 50 } });
    expect(compare({ accuracy: 50, latency: 99 }, { accuracy: 49, latency: 1 })).toBe(-1);
    expect(compare({ accuracy: 10, latency: 1 }, { accuracy: 20, latency: 9 })).toBe(1);
  });

  it('wants a reference with exactly its metrics', async () => {
    const reference = { accuracy: 0, latency: 100 };
    expect((await create({ ...front, reference })).reference).toEqual(reference);
    await expect(create({ ...front, reference: { accuracy: 0 } })).rejects.toThrow(/latency/);
    await expect(create({ ...front, reference: { ...reference, error: 1 } })).rejects.toThrow(
      /error/,
    );
  });
});

describe('mnasnet', () => {
  const soft = { target: 75, alpha: -0.07, beta: -0.07 };

  it('has the rewards of the paper', () => {
    expect(mnasnetReward(0.752, 78, soft)).toBeCloseTo(0.749938, 6);
    expect(mnasnetReward(0.74, 60, soft)).toBeCloseTo(0.75165, 5);
    expect(mnasnetReward(0.752, 78, { target: 75, alpha: 0, beta: -1 })).toBeCloseTo(0.723077, 6);
    // Five percent of accuracy for a doubled latency: section 3.1 of the paper.
    expect(-Math.log(1.05) / Math.log(2)).toBeCloseTo(-0.0704, 4);
  });

  it('reads percent as shares and orders by the reward', async () => {
    const { scalar, compare } = await create({ use: 'mnasnet', cost: 'latency', target: 75 });
    const slow = { accuracy: 75.2, latency: 78 };
    const fast = { accuracy: 74, latency: 60 };
    expect(scalar?.(slow)).toBeCloseTo(0.749938, 6);
    expect(compare(fast, slow)).toBe(-1);
    expect(compare({ accuracy: Number.NaN, latency: 1 }, slow)).toBe(1);
  });

  it('ignores the target when both exponents are equal, and says so', async () => {
    const lines: string[] = [];
    const plugin = plugins.find(({ id }) => id === 'mnasnet') as unknown as {
      options: z.ZodType;
      create(options: unknown, deps: unknown): Objective;
    };
    const make = (options: object): Objective =>
      plugin.create(plugin.options.parse({ cost: 'latency', ...options }), {
        space: {},
        evaluator: { metrics: [{ name: 'accuracy', unit: '%', direction: 'maximise' }, LATENCY] },
        log: (line: string) => lines.push(line),
      });
    const [near, far] = [make({ target: 50 }), make({ target: 150 })];
    const pair = [
      { accuracy: 80, latency: 40 },
      { accuracy: 85, latency: 200 },
    ] as const;
    expect(near.compare(...pair)).toBe(far.compare(...pair));
    expect(lines).toHaveLength(2);
    make({ target: 50, form: 'hard' });
    expect(lines).toHaveLength(2);
  });
});

const LATENCY = { name: 'latency', unit: 'ms', direction: 'minimise' } as const;

describe('rena', () => {
  it('has the reward of the paper', async () => {
    expect(renaReward(0.9, 0.2, 0.7)).toBeCloseTo(0.838035, 6);
    expect(renaReward(0.9, 0, 0.7)).toBe(0.9);
    const { scalar } = await create({ use: 'rena', most: { latency: 10, error: 0.5 } });
    expect(scalar?.({ accuracy: 90, latency: 12, error: 0.1 })).toBeCloseTo(0.838035, 6);
  });
});

describe('amc', () => {
  it('has the reward of the paper', async () => {
    expect(amcReward(0.3, 285e6)).toBeCloseTo(-5.8404, 4);
    expect(amcReward(0.3, 569e6)).toBeCloseTo(-6.0478, 4);
    const { scalar } = await create({ use: 'amc', cost: 'latency' });
    expect(scalar?.({ accuracy: 70, latency: 285e6 })).toBeCloseTo(-5.8404, 4);
  });

  it('refuses a metric that is to be minimised', async () => {
    await expect(create({ use: 'amc', metric: 'error', cost: 'latency' })).rejects.toThrow(
      /"error" is to be minimised/,
    );
  });
});
