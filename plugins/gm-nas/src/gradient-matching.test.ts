import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { gradientDots, type Path, type Site } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import { cosineDistances, gradientMatching, sharedParameters } from './gradient-matching.ts';
import { bestCut } from './min-cut.ts';
import { imaginedGradients, SITES, SPECS } from './testing/imagined-gradients.ts';

/** 0.1 inside of {0, 1, 4} and {2, 3}, 0.9 across. */
const C1 = Array.from({ length: 25 }, (_, at) => {
  const [i, j] = [Math.floor(at / 5), at % 5];
  const group = (option: number) => [2, 3].includes(option);
  return i === j ? 0 : group(i) === group(j) ? 0.1 : 0.9;
});

describe('the best cut', () => {
  it('is (2, 3) / (0, 1, 4) with score 5.4 of 5.8 (check C1)', () => {
    const { groups, score } = bestCut(C1, { cut: 'sum' });
    expect(groups).toEqual([
      [2, 3],
      [0, 1, 4],
    ]);
    expect(score).toBeCloseTo(5.4, 12);
    const total = C1.reduce<number>((sum, d) => sum + d, 0) / 2;
    expect(total).toBeCloseTo(5.8, 12);
  });

  it('takes means instead of sums when told so', () => {
    expect(bestCut(C1, { cut: 'mean' }).score).toBeCloseTo(5.8 / 10 - 0.1 - 0.1, 12);
  });

  it('is of two halves where options are even in number, and of one each where they are two', () => {
    const square = (n: number) => Float64Array.from({ length: n * n }, (_, at) => (at % 7) + 1);
    expect(bestCut(square(4), { cut: 'sum' }).groups.map(({ length }) => length)).toEqual([2, 2]);
    expect(bestCut(square(2), { cut: 'sum' }).groups).toEqual([[0], [1]]);
  });
});

describe('distances of gradients', () => {
  const of = (...all: (number[] | undefined)[]) => {
    const gradients = all.map((values) => new Map(values ? [['w', tf.tensor1d(values)]] : []));
    const distances = cosineDistances(gradientDots(gradients));
    for (const one of gradients) tf.dispose([...one.values()]);
    return [...distances];
  };

  it('are 0 for the same direction, 2 for the opposite, 1 for orthogonal ones (check C2)', () => {
    const [zero = 1, same = 1, opposite = 0, orthogonal = 0] = of(
      [1, 2],
      [1, 2],
      [-2, -4],
      [2, -1],
    );
    expect(Math.abs(zero)).toBeLessThan(1e-6);
    expect(Math.abs(same)).toBeLessThan(1e-6);
    expect(opposite).toBeCloseTo(2, 6);
    expect(orthogonal).toBeCloseTo(1, 6);
  });

  it('are 1 from a gradient that is not there', () => {
    expect(of([1, 2], undefined)[1]).toBe(1);
  });
});

describe('a split by matching gradients', () => {
  const settings = { epochs: [20, 50], repetitions: 3, cut: 'sum', last: 'everything' } as const;
  const begin = (sites: readonly Site[] = SITES, before: readonly number[] = []) =>
    gradientMatching(settings).begin({
      ...{ sites, parameters: SPECS, before, streams: createStreams(2) },
      gradients: imaginedGradients(),
    });

  it('groups the options of a decision that pull the shared weights the same way', () => {
    const splitter = begin();
    const before = tf.memory().numTensors;
    for (let step = 0; step < 6; step++) splitter.step(step);
    expect(tf.memory().numTensors).toBe(before);
    const { decision, groups, metrics } = splitter.split();
    expect(decision).toBe(0);
    expect(groups).toEqual([
      [2, 3],
      [0, 1, 4],
    ]);
    // Six pairs across, at distance 2 but for the small angles.
    expect(metrics?.['split-score']).toBeGreaterThan(11.5);
  });

  it('compares neither stem nor classifier nor the decision itself', () => {
    expect(sharedParameters(SITES, SPECS, 0)).toEqual([
      ...['a', 'b', 'c', 'd', 'e'].map((name) => `1.${name}`),
      'reduction',
      ...['a', 'b', 'c', 'd', 'e'].map((name) => `3.${name}`),
    ]);
  });

  it('splits no decision twice, and measures those alone that are left', () => {
    const recipe = gradientMatching(settings);
    expect(recipe.plan(SITES)).toEqual([
      { into: 2, steps: 6, epochs: 20, inherits: 'everything' },
      { into: 2, steps: 3, epochs: 50, inherits: 'everything' },
    ]);
    const left = SITES.map((site) =>
      site.decision === 0 ? { ...site, options: site.options.slice(2, 4) } : site,
    );
    const splitter = begin(left, [0]);
    for (let step = 0; step < 3; step++) splitter.step(step);
    expect(splitter.split().decision).toBe(1);
  });

  it('compares paths that leave out what architectures leave out, but not the decision', () => {
    const sites = SITES.map((site, at) => ({ ...site, node: `node${at >> 1}`, zero: 4 }));
    const compared: (readonly Path[])[] = [];
    const splitter = gradientMatching(settings).begin({
      ...{ sites, perNode: 1, parameters: SPECS, before: [], streams: createStreams(2) },
      gradients(paths, use) {
        compared.push(paths);
        const whole = paths.map((path) => path.map((option) => Math.max(option, 0)));
        return imaginedGradients()(whole, use);
      },
    });
    for (let step = 0; step < 6; step++) splitter.step(step);
    const other = (path: Path, e: number) => path[1 - e] as number;
    for (const [step, paths] of compared.entries()) {
      const e = step < 3 ? 0 : 1;
      expect(paths.map((path) => path[e])).toEqual([0, 1, 2, 3, 4]);
      for (const path of paths) expect([-1, 4]).toContain(other(path, e));
    }
    expect(compared.flat().some((path) => path.includes(-1))).toBe(true);
  });

  it('needs parameters that belong to options', () => {
    const parameters = SPECS.map(({ owner, ...spec }) => spec);
    const context = { sites: SITES, parameters, before: [], streams: createStreams(2) };
    const gradients = imaginedGradients();
    expect(() => gradientMatching(settings).begin({ ...context, gradients })).toThrow(
      /none that belongs to an option/,
    );
  });

  it('begins the last supernets as it is told, and refuses more splits than decisions', () => {
    const restarted = gradientMatching({ ...settings, last: 'nothing' }).plan(SITES);
    expect(restarted.map(({ inherits }) => inherits)).toEqual(['everything', 'nothing']);
    const three = gradientMatching({ ...settings, epochs: [1, 1, 1] });
    expect(() => three.plan(SITES)).toThrow(/split 3 times.*2 of its decisions/);
  });
});
