import { createStreams } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { type Model, mixops, search } from '../test/toy-mixops.ts';
import { byModel, byNetwork } from './networks.ts';

/** With 0 first nothing comes to the second mixop, whatever it is. */
const space = {
  ...mixops([2, 3, 2]),
  canonical: ([a, b, c]: Model) => (a === 0 ? `0.${c}` : `${a}${b}${c}`),
};
const stream = () => createStreams(0).stream('search');
/** Prefers 0 everywhere, and does not look at the second mixop. */
const accuracyOf = ([a, , c]: Model): number => 1 - 0.5 * (a as number) - 0.1 * (c as number);

describe('partial models', () => {
  it('are one network when they are with whatever follows', () => {
    const networks = byNetwork(space, { samples: 4 });
    const groups = (...candidates: Model[]) => {
      const named = networks(candidates, stream());
      return named.map((name) => named.indexOf(name));
    };
    expect(groups([0], [1])).toEqual([0, 1]);
    expect(groups([0, 0], [0, 1], [0, 2], [1, 0], [1, 1])).toEqual([0, 0, 0, 3, 4]);
    expect(groups([0, 0, 0], [0, 2, 1], [0, 1, 0])).toEqual([0, 1, 0]);
  });

  it('are told apart by random completions where there are many', () => {
    const long = { ...mixops(Array(12).fill(4)), canonical: (a: Model) => a.slice(1).join('') };
    const [one, two, three] = byNetwork(long, { samples: 3, exact: 3 })(
      [
        [0, 1],
        [3, 1],
        [0, 2],
      ],
      stream(),
    );
    expect(one).toBe(two);
    expect(one).not.toBe(three);
  });

  it('are all different where the pool does not ask', () => {
    expect(new Set(byModel([[0, 0], [0, 1], [0]], stream())).size).toBe(3);
  });

  it('cannot be compared in a space that does not know', () => {
    const options = { distinct: 'canonical' } as const;
    expect(() => search(mixops([2]), options, () => 1)).toThrow(/mixops does not say which/);
  });
});

describe('a pool of distinct networks', () => {
  const run = (distinct: 'architecture' | 'canonical') =>
    search(space, { pool: 2, distinct }, accuracyOf);
  const course = (distinct: 'architecture' | 'canonical') =>
    run(distinct).pools.map((pool) => pool.map(([o]) => o));

  it('cannot say beforehand how much there will be to score', () => {
    const { sampler, scored } = run('architecture');
    expect(sampler.stages?.evaluations).toBe(scored.length);
    expect(run('canonical').sampler.stages?.evaluations).toBeUndefined();
  });

  it('has room for what is not one network with its best', () => {
    expect(course('architecture')).toEqual([
      ['0', '1'],
      ['00', '01'],
      ['000', '010'],
    ]);
    expect(course('canonical')).toEqual([
      ['0', '1'],
      ['00', '10'],
      ['000', '001'],
    ]);
  });
});
