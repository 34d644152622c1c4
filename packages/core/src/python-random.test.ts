import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from './hash.ts';
import { pythonShuffle } from './python-random.ts';

/** Printed by CPython 3.11.7: `random.seed(s); l = list(range(n)); random.shuffle(l)`. */
const SMALL: readonly (readonly [seed: number, n: number, order: number[]])[] = [
  [0, 10, [7, 8, 1, 5, 3, 4, 2, 0, 9, 6]],
  [2 ** 32, 10, [8, 9, 3, 2, 4, 7, 0, 6, 5, 1]],
  [2 ** 53 - 1, 10, [4, 2, 7, 0, 5, 9, 6, 3, 8, 1]],
  [1, 2, [1, 0]],
  [7, 1, [0]],
  [7, 0, []],
];

/** The same, with SHA-256 over the numbers joined by commas. */
const LARGE = [
  {
    what: 'the index order of NAS-Bench-201',
    seed: 88,
    n: 15625,
    first: [13931, 11791, 14874, 13126, 4032, 7204, 9493, 1168, 8903, 12528, 11625, 11769],
    hash: 'da9e829363dc94159ed7cdd5fa9f5a4489e1d0e947a3387a22a9fbc36595de0b',
  },
  {
    what: 'the halves of CIFAR-10',
    seed: 1021,
    n: 50000,
    first: [49328, 20728, 42029, 15448, 5796, 13308, 2066, 24573, 34318, 42790, 7035, 19813],
    hash: '75f6ba2e09d05569f86b3469f5fefaa4fc386a9db3de9124a07c16cdbe154554',
  },
];

describe('pythonShuffle', () => {
  it.each(SMALL)('shuffles with seed %d and n %d as CPython does', (seed, n, order) => {
    expect([...pythonShuffle(seed, n)]).toEqual(order);
  });

  it.each(LARGE)('gives $what', ({ seed, n, first, hash }) => {
    const order = pythonShuffle(seed, n);
    expect([...order.subarray(0, first.length)]).toEqual(first);
    expect(sha256Hex(order.join(','))).toBe(hash);
  });

  it('is a permutation, whatever the sign of the seed', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.nat(300), (seed, n) => {
        const order = pythonShuffle(seed, n);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
        expect(order).toEqual(pythonShuffle(-seed, n));
      }),
    );
  });

  it('refuses what Python would seed differently', () => {
    expect(() => pythonShuffle(1.5, 3)).toThrow(RangeError);
    expect(() => pythonShuffle(1, -1)).toThrow(RangeError);
  });
});
