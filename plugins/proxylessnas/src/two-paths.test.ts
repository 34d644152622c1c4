import { createStreams } from '@archer-nas/core';
import { type Rows, softmaxGradientRows, softmaxRows } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import { type Pair, pairGradient, pairMixture, rescaled, samplePairs } from './two-paths.ts';

const alpha: Rows = [Float64Array.of(0.2, -0.3, 0.4)];
const gates: Rows = [Float64Array.of(1, -2, 0.5)];
const close = (row: ArrayLike<number> | undefined, expected: readonly number[], digits = 6) => {
  expect(row?.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(row?.[i]).toBeCloseTo(value, digits);
};

describe('R39 the gradient through binary gates (checks of section 9)', () => {
  it('of all paths: p = (.353615, .214478, .431906), the gradient sums to 0', () => {
    const p = softmaxRows(alpha);
    close(p[0], [0.353615, 0.214478, 0.431906]);
    close(softmaxGradientRows(p, gates)[0], [0.303893, -0.459115, 0.155222]);
  });

  const two: Pair = {
    options: [0, 2],
    p: softmaxRows([Float64Array.of(0.2, 0.4)])[0] as Float64Array,
  };

  it('of two paths: p = (.450166, .549834), gradients (.123758, −.123758)', () => {
    close(two.p, [0.450166, 0.549834]);
    close(pairGradient([two], gates)[0], [0.123758, 0, -0.123758]);
    const turned: Pair = { options: [2, 0], p: two.p.toReversed() };
    close(pairGradient([turned], gates)[0], [0.123758, 0, -0.123758]);
  });

  it('after a step of 0.1 and the rescaling: α = (.186315, ·, .411067), P(1) as before', () => {
    const [gradient = new Float64Array()] = pairGradient([two], gates);
    const moved = alpha.map((row) => row.map((a, i) => a - 0.1 * (gradient[i] ?? 0)));
    const [after] = rescaled(moved, alpha, [two]);
    close(after, [0.186315, -0.3, 0.411067]);
    expect(softmaxRows([after as Float64Array])[0]?.[1]).toBeCloseTo(0.2144784, 7);
    expect(softmaxRows(alpha)[0]?.[1]).toBeCloseTo(0.2144784, 7);
  });
});

describe('two sampled paths', () => {
  const p = softmaxRows(alpha)[0] as Float64Array;
  const draw = (at: number): Pair =>
    samplePairs(alpha, createStreams(1).stream('pairs', at))[0] as Pair;

  it('are two, drawn without replacement by p, and active by p among themselves', () => {
    const counts = new Map<string, number>();
    const draws = 4000;
    for (let at = 0; at < draws; at++) {
      const { options, p: own } = draw(at);
      const key = options.join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
      expect(own[0]).toBeCloseTo((p[options[0] as number] as number) / pairMass(options), 12);
    }
    expect(counts.size).toBe(6);
    for (const [key, count] of counts) {
      const [a, b] = key.split(',').map((at) => p[Number(at)] as number) as [number, number];
      const chance = ((a * b) / (1 - a) + (a * b) / (1 - b)) * (a / (a + b));
      // Three standard deviations of 4000 draws are below .024.
      expect(Math.abs(count / draws - chance), key).toBeLessThan(0.024);
    }
  });

  const pairMass = (options: readonly number[]) =>
    options.reduce((sum, option) => sum + (p[option] as number), 0);

  it('run together, with the gate of the active one open', () => {
    const pair = draw(7);
    expect(pairMixture([pair])).toEqual([
      { support: pair.options, weights: Float64Array.of(1, 0) },
    ]);
  });

  it('are one where there is no other, whose α does not move', () => {
    const one: Rows = [Float64Array.of(0.3)];
    const pairs = samplePairs(one, createStreams(1).stream('one'));
    expect(pairs).toEqual([{ options: [0], p: Float64Array.of(1) }]);
    expect(pairGradient(pairs, [Float64Array.of(2)])).toEqual([Float64Array.of(0)]);
    expect(rescaled(one, one, pairs)).toEqual(one);
  });
});
