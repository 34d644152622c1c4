import { createStreams } from '@archer-nas/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlaceDraws } from './place-draws.ts';

describe('places', () => {
  it('without replacement are distinct and within bounds', () => {
    const bounds = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 200 }));
    fc.assert(
      fc.property(bounds, fc.nat(), ([count, size], seed) => {
        const stream = createStreams(seed).stream('test');
        const places = [...new PlaceDraws(count).withoutReplacement(size, stream)];
        expect(places).toHaveLength(Math.min(count, size));
        expect(new Set(places).size).toBe(places.length);
        for (const place of places) expect(place).toBeLessThan(size);
      }),
    );
  });

  it('are every subset equally often, and every list with replacement', () => {
    const stream = createStreams(1).stream('test');
    const draws = new PlaceDraws(2);
    const subsets = new Map<string, number>();
    const lists = new Map<string, number>();
    const count = (counts: Map<string, number>, key: string) =>
      counts.set(key, (counts.get(key) ?? 0) + 1);
    const runs = 15_000;
    for (let i = 0; i < runs; i++) {
      count(subsets, [...draws.withoutReplacement(6, stream)].sort().join());
      count(lists, [...draws.withReplacement(4, stream)].join());
    }
    for (const [counts, kinds] of [
      [subsets, 15],
      [lists, 16],
    ] as const) {
      expect(counts.size).toBe(kinds);
      const p = 1 / kinds;
      const sigma = Math.sqrt(runs * p * (1 - p));
      for (const n of counts.values()) expect(Math.abs(n - runs * p)).toBeLessThan(4 * sigma);
    }
  });

  it('with replacement are the digits of the numbers that are drawn, to the largest sizes', () => {
    const sizes = fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 2 ** 32 }));
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 40 }), fc.nat(), (size, count, seed) => {
        const stream = createStreams(seed).stream('test');
        const digits: bigint[] = [];
        const int = (n: number): number => {
          const drawn = stream.int(n);
          let rest = BigInt(drawn);
          for (let below = 1; below < n || (n === 1 && digits.length < count); below *= size) {
            digits.push(rest % BigInt(size));
            rest /= BigInt(size);
          }
          return drawn;
        };
        const places = new PlaceDraws(count).withReplacement(size, { ...stream, int });
        expect(Array.from(places, (place) => BigInt(place >>> 0))).toEqual(digits);
      }),
    );
  });

  it('take few words: as many draws of ten as fit into 32 bits', () => {
    const stream = createStreams(2).stream('test');
    let words = 0;
    const int = (n: number): number => {
      words++;
      return stream.int(n);
    };
    const counted = { ...stream, int };
    new PlaceDraws(9).withReplacement(10, counted); // 10^9 < 2^32
    expect(words).toBe(1);
    new PlaceDraws(10).withReplacement(10, counted);
    expect(words).toBe(3);
  });
});
