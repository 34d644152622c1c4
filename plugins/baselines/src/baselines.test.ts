import {
  createStreams,
  type Evaluation,
  type Proposal,
  type SamplerRecipe,
  type SearchSpace,
  singleMetric,
} from '@archer-nas/core';
import { type Bits, bitSpace } from '@archer-nas/testkit';
import { describe, expect, it } from 'vitest';
import { type GridOptions, grid, mixedRadix } from './grid.ts';
import { localSearch } from './local-search.ts';
import { narrowing } from './narrowing.ts';

const metric = { name: 'ones', unit: 'bits', direction: 'maximise' } as const;
const objective = singleMetric(metric);
const ones = (a: Bits): number => a.reduce((sum, bit) => sum + bit, 0);

function measure(proposal: Proposal<Bits>, value = ones(proposal.architecture)): Evaluation<Bits> {
  return { proposal, metrics: { ones: value }, cost: {}, status: 'final' };
}

/** A bit space whose decisions can be restricted. */
function restrictable(bits: number, allowed?: readonly (readonly number[])[]): SearchSpace<Bits> {
  const options = allowed ?? Array.from({ length: bits }, () => [0, 1]);
  return {
    ...bitSpace(bits),
    sample: (stream) => options.map((choices) => stream.pick(choices)),
    restrict: (choices) =>
      restrictable(
        bits,
        options.map((all, i) => (choices[i] ?? [...all.keys()]).map((k) => all[k] as number)),
      ),
  };
}

const space = restrictable(5);
const recipes: Record<string, SamplerRecipe> = {
  grid: grid({ order: 'shuffled' }),
  'local-search': localSearch({ move: 'first', restarts: true, attempts: 50 }),
  'local-search, steepest': localSearch({ move: 'steepest', restarts: true, attempts: 50 }),
  narrowing: narrowing({ samples: 6, keep: 0.5, score: 'mean', attempts: 50 }),
};
/** Everything that a sampler proposes, one at a time. */
function run(
  recipe: SamplerRecipe,
  of: SearchSpace<Bits>,
  options: { value?: (a: Bits) => number; most?: number } = {},
): Evaluation<Bits>[] {
  const { value = ones, most = 1000 } = options;
  const sampler = recipe.begin({ space: of, metric, objective });
  const next = createStreams(0).sequence('test');
  const all: Evaluation<Bits>[] = [];
  for (let round = 0; all.length < most; round++) {
    const answer = sampler.propose(1, next(round));
    if (answer === 'wait') throw new Error('nothing is outstanding');
    if (answer === 'done') break;
    const evaluated = answer.map((one) => measure(one, value(one.architecture)));
    sampler.observe(evaluated);
    all.push(...evaluated);
  }
  return all;
}

const texts = (all: readonly Evaluation<Bits>[]): string[] =>
  all.map(({ proposal }) => proposal.architecture.join(''));

describe('grid', () => {
  const points = (options: Partial<GridOptions>, of = space) =>
    texts(run(grid({ order: 'shuffled', ...options }), of));

  it('counts in mixed radix (A2)', () => {
    const base5 = [5, 5, 5, 5, 5, 5];
    expect(mixedRadix(1234, base5)).toEqual([0, 1, 4, 4, 1, 4]);
    expect(mixedRadix(12_345, base5)).toEqual([3, 4, 3, 3, 4, 0]);
    expect(mixedRadix(23, [2, 3, 4])).toEqual([1, 2, 3]);
  });

  it('visits every point once, in random or lexicographic order', () => {
    const all = [...bitSpace(5).all()].map((a) => a.join(''));
    const ordered = points({ order: 'lexicographic' });
    const shuffled = points({});
    expect(ordered).toEqual(all);
    expect(shuffled).not.toEqual(all);
    expect([...shuffled].sort()).toEqual(all);
  });

  it('draws every order equally often', () => {
    const counts = new Map<string, number>();
    const runs = 6000;
    const next = createStreams(1).sequence('test');
    for (let i = 0; i < runs; i++) {
      const sampler = grid({ order: 'shuffled', levels: { bit1: 1, bit2: 1 } }).begin({
        space: restrictable(3),
        metric,
        objective,
      });
      const first = sampler.propose(2, next(i)) as readonly Proposal<Bits>[];
      const key = first.map(({ architecture }) => architecture[0]).join('');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['01', '10']);
    expect(Math.abs((counts.get('01') ?? 0) - runs / 2)).toBeLessThan(3 * Math.sqrt(runs / 4));
  });

  it('takes the levels that are named, of all decisions or of one', () => {
    expect(points({ levels: ['1'] })).toEqual(['11111']);
    expect(points({ levels: 1 })).toEqual(['00000']);
    const some = points({ levels: { bit0: ['1'], bit1: 1 }, order: 'lexicographic' });
    expect(some).toHaveLength(8);
    for (const text of some) expect(text.startsWith('10')).toBe(true);
    expect(() => points({ levels: ['x'] })).toThrow("bit0 has no option 'x', only 0, 1");
    expect(() => points({ levels: { bit9: 1 } })).toThrow("no decision 'bit9', only bit0");
  });

  it('spreads numbers from end to end', () => {
    const numbers: SearchSpace<Bits> = {
      ...bitSpace(2),
      decisions: [
        { name: 'rate', kind: 'real', range: [0.01, 1], log: true },
        { name: 'width', kind: 'integer', range: [1, 3] },
      ],
      fromChoices: (choices) => choices,
    };
    const all = run(grid({ order: 'lexicographic', levels: { rate: 3 } }), numbers);
    const values = all.map(({ proposal }) => proposal.architecture);
    expect(values).toHaveLength(9); // five levels of three whole numbers are three
    [0.01, 0.01, 0.01, 0.1, 0.1, 0.1, 1, 1, 1].forEach((rate, i) => {
      expect(values[i]?.[0]).toBeCloseTo(rate, 12);
      expect(values[i]?.[1]).toBe(1 + (i % 3));
    });
  });
});

describe('local search', () => {
  const first = localSearch({ move: 'first', restarts: false, attempts: 50 });
  const steepest = localSearch({ move: 'steepest', restarts: false, attempts: 50 });

  it('climbs to the top of a hill by either move', () => {
    for (const recipe of [first, steepest]) {
      const all = run(recipe, bitSpace(8));
      expect(Math.max(...all.map(({ metrics }) => metrics.ones ?? 0))).toBe(8);
      expect(new Set(texts(all)).size).toBe(all.length);
    }
  });

  it('moves at the first better neighbour, or looks at all', () => {
    // Parents are the centres: of a hill climber all neighbours but the known have one.
    const centres = (recipe: SamplerRecipe): (string | undefined)[] =>
      run(recipe, bitSpace(8)).map(({ proposal }) => proposal.parent);
    const runs = (list: readonly (string | undefined)[]): number =>
      list.filter((one, i) => one !== list[i - 1]).length;
    const [ofFirst, ofSteepest] = [centres(first), centres(steepest)];
    expect(ofSteepest.filter((one) => one === 'local-0')).toHaveLength(8);
    expect(ofFirst.filter((one) => one === 'local-0').length).toBeLessThan(8);
    expect(runs(ofFirst)).toBeGreaterThan(1);
  });

  it('restarts at local maxima until the space is known, also where nothing is better', () => {
    const recipe = localSearch({ move: 'first', restarts: true, attempts: 1000 });
    const flat = run(recipe, bitSpace(5), { value: () => 1 });
    expect(new Set(texts(flat)).size).toBe(32);
    expect(flat).toHaveLength(32);
  });

  it('does not stop for a failure, and refuses several objectives', () => {
    const failing = run(localSearch({ move: 'first', restarts: true, attempts: 99 }), bitSpace(4), {
      value: (a) => (a[0] === 0 ? Number.NaN : ones(a)),
    });
    expect(texts(failing)).toContain('1111');
    const { scalar: _, ...front } = objective;
    const begin = () => first.begin({ space, metric, objective: front });
    expect(begin).toThrow('local-search climbs one number');
  });
});

describe('narrowing', () => {
  it('leaves the options that did best until one architecture is left', () => {
    const recipe = narrowing({ samples: 40, keep: 0.5, score: 'mean', attempts: 500 });
    const all = run(recipe, restrictable(8));
    // Two options per decision: after one round of 40 each has lost its worse one.
    expect(all).toHaveLength(41);
    expect(texts(all).at(-1)).toBe('11111111');
  });

  it('narrows by the mean or the best architecture of an option', () => {
    // Zeros do better on average, but the best of all are ones.
    const value = (a: Bits): number => (ones(a) === 4 ? 9 : -ones(a));
    const left = (score: 'mean' | 'best'): unknown => {
      const recipe = narrowing({ samples: 16, keep: 0, score, attempts: 500 });
      const sampler = recipe.begin({ space: restrictable(4), metric, objective });
      const next = createStreams(0).sequence('test');
      for (let round = 0; ; round++) {
        const answer = sampler.propose(16, next(round)); // the whole space
        if (typeof answer === 'string') break;
        sampler.observe(answer.map((one) => measure(one, value(one.architecture))));
      }
      return (sampler.state as { allowed: unknown }).allowed;
    };
    expect(left('mean')).toEqual([[0], [0], [0], [0]]);
    expect(left('best')).toEqual([[1], [1], [1], [1]]);
  });

  it('refuses a space that cannot be restricted', () => {
    const { restrict: _, ...space } = bitSpace(3);
    const begin = () => recipes.narrowing?.begin({ space, metric, objective });
    expect(begin).toThrow('that can be restricted');
  });
});

describe('R33 architectures whose metric is NaN', () => {
  const value = (a: Bits): number => (a[4] === 1 ? Number.NaN : ones(a));

  it.each(['first', 'steepest'] as const)('never hold a local search (%s)', (move) => {
    const recipe = localSearch({ move, restarts: false, attempts: 50 });
    expect(texts(run(recipe, space, { value }))).toContain('11110');
  });

  it('are what narrowing leaves out', () => {
    for (const score of ['best', 'mean'] as const) {
      const recipe = narrowing({ samples: 12, keep: 0.5, score, attempts: 50 });
      const proposed = texts(run(recipe, space, { value, most: 200 }));
      expect(proposed.at(-1)).toMatch(/0$/);
    }
  });
});
