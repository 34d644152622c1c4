import {
  type Block,
  createStreams,
  type Sampler,
  type State,
  singleMetric,
} from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { type Model, mixops, search, withDefaults } from '../test/toy-mixops.ts';
import plugins from './index.ts';
import { pcNas } from './pc-nas.ts';
import { fading, sharing } from './pool.ts';

const A = [
  [0.6, 0.7],
  [0.5, 0.9],
];
const two = mixops([2, 2]);
const accuracyOf = ([a, b]: Model): number => A[a as number]?.[b as number] as number;

describe('posterior fading', () => {
  it('grows with the architectures that share, even where all agree (C1)', () => {
    for (const [K, kl] of [
      [1, 0],
      [2, 0.153426],
      [4, 0.806853],
      [10, 3.348707],
      [100, 47.197415],
    ] as const) {
      expect(fading(K)).toBeCloseTo(kl, 6);
    }
  });

  it('grows faster where the others are σ away: μ̄ − μ_k = σ (K − 1)/K (C1)', () => {
    for (const [K, kl] of [
      [2, 0.403426],
      [4, 1.931853],
      [10, 7.398707],
    ] as const) {
      expect(fading(K, (K - 1) / K)).toBeCloseTo(kl, 6);
    }
  });
});

describe('the pool', () => {
  it('keeps what has the higher mean, not what has the best completion first (C2)', () => {
    const { pools, final } = search(two, { pool: 1 }, accuracyOf);
    expect(pools.map((pool) => pool[0]?.[0])).toEqual(['1', '11']);
    expect(pools[0]?.[0]?.[1]).toBeCloseTo(0.7, 12);
    expect(final.map(({ proposal }) => proposal.architecture)).toEqual([[1, 1]]);
    const both = search(two, { pool: 2 }, accuracyOf).pools[0] ?? [];
    expect(both.map(([o]) => o)).toEqual(['1', '0']);
    expect(both[1]?.[1]).toBeCloseTo(0.65, 12);
  });

  it('leaves out of potentials what is over the limit (C3)', () => {
    // Only (1,1) costs more than 3.
    const limited = mixops(
      [2, 2],
      [
        [0, 2],
        [0, 2],
      ],
    );
    const options = { pool: 2, constraint: { latency: 3 } };
    const { pools, scored } = search(limited, options, accuracyOf);
    expect(pools[0]?.map(([o]) => o)).toEqual(['0', '1']);
    expect(pools[0]?.[1]?.[1]).toBeCloseTo(0.5, 12);
    expect(pools[1]?.[0]?.[0]).toBe('01');
    expect(scored.map((a) => a.join(''))).not.toContain('11');
    expect(search(limited, { ...options, pool: 1 }, accuracyOf).pools[1]?.[0]?.[0]).toBe('01');
  });

  it('takes the same limit from a table of latencies (C3)', () => {
    const table = [
      [0, 2],
      [0, 2],
    ];
    const latency = { most: 13, base: 10, table };
    const { pools, final } = search(two, { pool: 1, latency }, accuracyOf);
    expect(pools.map((pool) => pool[0]?.[0])).toEqual(['0', '01']);
    expect(final[0]?.proposal.architecture).toEqual([0, 1]);
    const wrong = { ...latency, table: [[0, 2]] };
    expect(() => search(two, { latency: wrong }, accuracyOf)).toThrow(/rows of 2.*of 2, 2 options/);
  });

  it('has 3 candidates in stage 1 and 6 in each of the others (C4)', () => {
    const { metrics, sampler } = search(mixops([3, 3, 3, 3]), { pool: 2 }, ([a = 0]) => a);
    expect(metrics.map(({ candidates }) => candidates)).toEqual([3, 6, 6, 6]);
    // 3·4 + 6·4 + 6·3 + 6·1, and the last pool.
    expect(sampler.stages?.evaluations).toBe(12 + 24 + 18 + 6 + 2);
  });

  it('leaves 81, 54, 18, 6 and 2 architectures that share weights (C5)', () => {
    const N = [3, 3, 3, 3];
    expect(sharing([[]], N)).toBe(81);
    const { metrics, scored, sampler } = search(mixops(N), { pool: 2 }, ([a = 0]) => a);
    expect(metrics.map((of) => of['sharing-architectures'])).toEqual([54, 18, 6, 2]);
    expect(scored).toHaveLength(sampler.stages?.evaluations ?? 0);
  });

  it('breaks ties by cost, then lexicographically', () => {
    const flat = search(mixops([3, 3]), { pool: 2 }, () => 1);
    expect(flat.pools[0]?.map(([o]) => o)).toEqual(['0', '1']);
    const cost = [
      [5, 1, 3],
      [0, 0, 0],
    ];
    const priced = search(mixops([3, 3], cost), { pool: 2, constraint: { latency: 9 } }, () => 1);
    expect(priced.pools[0]?.map(([o]) => o)).toEqual(['1', '2']);
  });
});

describe('completions', () => {
  it('that are drawn are uniform, and exactly Z per candidate', () => {
    const { scored } = search(mixops([2, 4, 4]), { pool: 1, samples: 800, exact: 0 }, () => 1);
    const first = scored.slice(0, 1600);
    expect(first.filter(([a]) => a === 0)).toHaveLength(800);
    const counts = new Map<string, number>();
    for (const a of first) counts.set(a.join(''), (counts.get(a.join('')) ?? 0) + 1);
    expect(counts.size).toBe(32);
    // 50 each, sd 6.8; five deviations.
    for (const count of counts.values()) expect(Math.abs(count - 50)).toBeLessThan(35);
  });

  it('under a limit that rejection cannot meet are still found, and nothing else is scored', () => {
    // Six mixops of ten candidates; only zeros everywhere keep the limit: one in a million.
    const cost = Array.from({ length: 6 }, () => Array.from({ length: 10 }, (_, o) => o));
    const options = { constraint: { latency: 0 }, samples: 2, attempts: 2 };
    const { final, scored, metrics } = search(mixops(Array(6).fill(10), cost), options, () => 1);
    expect(final.map(({ proposal }) => proposal.architecture)).toEqual([[0, 0, 0, 0, 0, 0]]);
    expect(new Set(scored.map((a) => a.join('')))).toEqual(new Set(['000000']));
    expect(metrics.map(({ candidates }) => candidates)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('that no limit allows are an error before anything is scored', () => {
    const cost = [[1, 2], [1]];
    const options = { constraint: { latency: 1 } };
    expect(() => search(mixops([2, 1], cost), options, () => 1)).toThrow(/No completion in mixops/);
    expect(() => search(two, options, () => 1)).toThrow(/no cost 'latency', only none/);
  });
});

describe('what is left', () => {
  const metric = { name: 'accuracy', unit: '%', direction: 'maximise' } as const;
  const space = mixops([3, 3, 3]);
  const begin = (saved?: State): Sampler<Model> =>
    pcNas(withDefaults({})).begin({ space, metric, objective: singleMetric(metric) }, saved);
  const drawn = (sampler: Sampler<Model>) => {
    const stream = createStreams(2).stream('draw');
    const draws = Array.from({ length: 3600 }, () => sampler.stages?.draw(stream) ?? []);
    const counts = new Map<string, number>();
    for (const a of draws) counts.set(a.join(''), (counts.get(a.join('')) ?? 0) + 1);
    return counts;
  };
  /** Tells a whole stage that larger options are better. */
  const tellStage = (sampler: Sampler<Model>): void => {
    const proposals = sampler.propose(1000, createStreams(0).stream('search'));
    if (typeof proposals === 'string') throw new Error(proposals);
    sampler.observe(
      proposals.map((proposal) => {
        const accuracy = proposal.architecture.reduce((sum, o) => 3 * sum + o, 0);
        return { proposal, metrics: { accuracy }, cost: {}, status: 'final' };
      }),
    );
  };

  it('is the whole space at first, then the pool completed, each prefix equally often', () => {
    const sampler = begin();
    expect(drawn(sampler).size).toBe(27);
    tellStage(sampler);
    expect(new Set([...drawn(sampler).keys()].map((a) => a[0]))).toEqual(new Set(['1', '2']));
    tellStage(sampler);
    const counts = drawn(sampler);
    // The two best prefixes are 22 and 21: 6 architectures of 600, sd 22; five deviations.
    expect([...counts.keys()].sort()).toEqual(['210', '211', '212', '220', '221', '222']);
    for (const count of counts.values()) expect(Math.abs(count - 600)).toBeLessThan(112);
  });

  it('is the same after a resume in the middle of a stage', () => {
    const [straight, broken] = [begin(), begin()];
    for (const sampler of [straight, broken]) sampler.propose(3, createStreams(0).stream('search'));
    const resumed = begin(structuredClone(broken.state) as State);
    for (const sampler of [straight, resumed]) {
      const proposals = sampler.propose(2, createStreams(9).stream('search'));
      expect(Array.isArray(proposals) && proposals.map(({ id }) => id)).toEqual(['0-3', '0-4']);
    }
    expect(resumed.state).toEqual(straight.state);
  });

  it('does not depend on evaluations that failed or are not numbers', () => {
    const course = search(space, {}, (a) => (a[0] === 2 ? Number.NaN : (a[0] as number)));
    expect(course.pools[0]?.map(([o]) => o)).toEqual(['1', '0']);
  });
});

describe('strategy: { use: pc-nas }', () => {
  const [strategy] = plugins;
  const expand = (options: object): Block => {
    if (!strategy || !('preset' in strategy)) throw new Error('pc-nas is no preset');
    return strategy.preset(strategy.options.parse(options) as never);
  };

  it('alternates stages of its search with training of what they leave', () => {
    expect(expand({ constraint: { macs: 1e8 }, clip: 3 })).toEqual({
      use: 'one-shot',
      warmUp: 0.4,
      clip: 3,
      unsampled: 'freeze',
      paths: { use: 'remaining' },
      order: { use: 'shuffle' },
      search: {
        ...{ use: 'pc-nas', pool: 5, samples: 20, attempts: 100, constraint: { macs: 1e8 } },
        connected: false,
        distinct: 'architecture',
      },
    });
  });
});
