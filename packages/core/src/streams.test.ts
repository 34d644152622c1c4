import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Stream } from './stream.ts';
import { createStreams } from './streams.ts';

const draw = (stream: Stream, n: number): number[] =>
  Array.from({ length: n }, () => stream.uint32());

describe('createStreams', () => {
  it('keeps the numbers it has always given', () => {
    // Computed by an independent implementation in Python. Every result of every run depends
    // on them: another derivation needs another version.
    expect(draw(createStreams(0).stream('golden'), 6)).toEqual([
      2358365352, 1177547794, 3763640559, 3416434459, 1828036114, 4109789467,
    ]);
    expect(draw(createStreams(7).scope('search').stream('paths', 3, 1), 6)).toEqual([
      996592904, 2138789252, 2630626308, 1277452846, 484486698, 2555689153,
    ]);
  });

  it('gives the same numbers however much is drawn elsewhere', () => {
    const alone = draw(createStreams(1).scope('a').stream('x', 2), 20);
    const streams = createStreams(1);
    draw(streams.stream('x', 2), 7);
    const scope = streams.scope('a');
    const stream = scope.stream('x', 2);
    const others = [scope.stream('x', 1), scope.stream('y', 2), scope.stream('x', 2)];
    const interleaved = Array.from({ length: 20 }, () => {
      for (const other of others) other.normal();
      return stream.uint32();
    });
    expect(interleaved).toEqual(alone);
  });

  it('has sequences whose streams repeat, and meet neither each other nor single streams', () => {
    const sequence = createStreams(1).sequence('a', 3);
    const again = createStreams(1).sequence('a', 3);
    const starts = [0, 1, 2, 2 ** 32 - 1].map((index) => draw(sequence(index), 9));
    expect([0, 1, 2, 2 ** 32 - 1].map((index) => draw(again(index), 9))).toEqual(starts);
    const others = [
      draw(createStreams(1).stream('a', 3), 9),
      draw(createStreams(1).sequence('a')(3), 9),
      draw(createStreams(1).scope('a').sequence('a', 3)(0), 9),
    ];
    expect(new Set([...starts, ...others].map((words) => words.join())).size).toBe(7);
    for (const index of [-1, 0.5, 2 ** 32]) expect(() => sequence(index)).toThrow(RangeError);
  });

  it('keeps the numbers of sequences', () => {
    // Computed by an independent implementation in Python; see above.
    expect(draw(createStreams(0).sequence('golden')(5), 6)).toEqual([
      1094719469, 1153997034, 570057585, 2990282654, 2511981153, 2539652939,
    ]);
  });

  it('separates seeds, scopes, names and indices, without ambiguous joins', () => {
    const root = createStreams(1);
    const streams = [
      createStreams(2).stream('a'),
      createStreams(-1).stream('a'),
      root.stream('a'),
      root.stream('a', 0),
      root.stream('a', 0, 0),
      root.stream('a0'),
      root.stream('a,0'),
      root.scope('a').stream('a'),
      root.scope('a').scope('a').stream('a'),
      root.scope('a","a').stream('a'),
      root.scope('').stream('a'),
    ];
    const firsts = streams.map((stream) => draw(stream, 2).join());
    expect(new Set(firsts).size).toBe(streams.length);
  });

  it('refuses seeds and indices that are not safe integers', () => {
    expect(() => createStreams(0.5)).toThrow('seed must be a safe integer, got 0.5');
    expect(() => createStreams(0).stream('a', Number.NaN)).toThrow("index of stream 'a'");
  });
});

describe('a stream', () => {
  it('draws integers that are the remainders of words, to the largest n', () => {
    const n = fc.oneof(
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 1, max: 2 ** 32 }),
      fc.nat(20).map((less) => 2 ** 32 - less),
    );
    fc.assert(
      fc.property(n, fc.nat(), (n, seed) => {
        const words = createStreams(seed).stream('words');
        // Those from the largest multiple of n on are drawn again.
        let word = words.uint32();
        while (word >= 2 ** 32 - (2 ** 32 % n)) word = words.uint32();
        expect(createStreams(seed).stream('words').int(n)).toBe(Number(BigInt(word) % BigInt(n)));
      }),
      { numRuns: 500 },
    );
  });

  it('draws floats in [0, 1) with the moments of the uniform distribution', () => {
    const stream = createStreams(3).stream('float');
    const values = Array.from({ length: 40_000 }, () => stream.float());
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(mean(values)).toBeCloseTo(0.5, 2);
    expect(mean(values.map((v) => (v - 0.5) ** 2))).toBeCloseTo(1 / 12, 2);
  });

  it('draws integers without bias, also where 2^32 is not a multiple', () => {
    // With plain modulo, values below 2^30 would come up in half of the draws instead of a third.
    const n = 3 * 2 ** 30;
    const stream = createStreams(4).stream('int');
    const low = Array.from({ length: 30_000 }, () => stream.int(n)).filter((v) => v < 2 ** 30);
    expect(low.length / 30_000).toBeCloseTo(1 / 3, 1);
    expect(Math.abs(low.length - 10_000)).toBeLessThan(5 * Math.sqrt(30_000 * (1 / 3) * (2 / 3)));
  });

  it('reaches every small integer equally often', () => {
    const stream = createStreams(5).stream('int');
    const counts = tally(70_000, () => stream.int(7), 7);
    const chi2 = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chi2).toBeLessThan(22.46); // 99.9 % quantile, 6 degrees of freedom
  });

  it('refuses ranges it cannot draw from', () => {
    const stream = createStreams(0).stream('int');
    for (const n of [0, -1, 1.5, 2 ** 32 + 1, Number.NaN]) {
      expect(() => stream.int(n)).toThrow(RangeError);
    }
    expect(stream.int(1)).toBe(0);
    expect(stream.int(2 ** 32)).toBeLessThan(2 ** 32);
    expect(() => stream.pick([])).toThrow(RangeError);
  });

  it('draws normal deviates with the moments 0, 1, 0, 3', () => {
    const stream = createStreams(6).stream('normal');
    const values = Array.from({ length: 100_000 }, () => stream.normal());
    for (const [power, moment, tolerance] of [
      [1, 0, 0.015],
      [2, 1, 0.025],
      [3, 0, 0.06],
      [4, 3, 0.2],
    ] as const) {
      expect(Math.abs(mean(values.map((v) => v ** power)) - moment)).toBeLessThan(tolerance);
    }
  });

  it('draws indices in proportion to their weights, never one of weight 0', () => {
    const stream = createStreams(8).stream('weighted');
    const counts = tally(40_000, () => stream.weighted([1, 0, 3, 0]), 4);
    expect(counts[1]).toBe(0);
    expect(counts[3]).toBe(0);
    expect((counts[2] as number) / 40_000).toBeCloseTo(0.75, 1);
    expect(Math.abs((counts[2] as number) - 30_000)).toBeLessThan(5 * Math.sqrt(40_000 * 0.1875));
  });

  it.each([[[]], [[0, 0]], [[1, -1]], [[1, Number.NaN]], [[Number.POSITIVE_INFINITY]]])(
    'refuses the weights %j',
    (weights) => {
      expect(() => createStreams(0).stream('w').weighted(weights)).toThrow(RangeError);
    },
  );

  it('shuffles in place into a permutation', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.nat(), (items, seed) => {
        const list = [...items];
        expect(createStreams(seed).stream('shuffle').shuffle(list)).toBe(list);
        const byValue = (a: number, b: number): number => a - b;
        expect([...list].sort(byValue)).toEqual([...items].sort(byValue));
      }),
    );
  });

  it('shuffles into each of the six orders of three equally often', () => {
    const stream = createStreams(9).stream('shuffle');
    const counts = new Map<string, number>();
    for (let i = 0; i < 12_000; i++) {
      const order = stream.shuffle(Uint8Array.of(0, 1, 2)).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    const chi2 = [...counts.values()].reduce((sum, c) => sum + (c - 2000) ** 2 / 2000, 0);
    expect(chi2).toBeLessThan(20.52); // 99.9 % quantile, 5 degrees of freedom
  });
});

/** How often each of the values 0 … n-1 came in a number of draws. */
function tally(draws: number, next: () => number, n: number): number[] {
  const values = Array.from({ length: draws }, next);
  return Array.from({ length: n }, (_, i) => values.filter((value) => value === i).length);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
