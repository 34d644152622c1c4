import { type Block, createStreams } from '@archer-nas/core';
import { type BilevelStep, type Mixture, meanEntropy, type Site } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import plugins from './index.ts';
import { dropRate, type PathDropoutOptions, pathDropout, rateAt } from './path-dropout.ts';

/** Choice blocks with these numbers of candidates, the first of which gives zeros. */
const sitesOf = (zero: number | undefined, ...counts: number[]): Site[] =>
  counts.map((n, decision) => {
    const options = Array.from({ length: n }, (_, option) => `option${option}`);
    return { name: `edge${decision}`, decision, options, ...(zero === undefined ? {} : { zero }) };
  });

const streams = createStreams(6);
const EPOCHS = 11;
const drawing = (options: PathDropoutOptions, sites: readonly Site[]) => {
  const relaxation = pathDropout(options).begin(sites, streams);
  return (step: number, epoch: number): Mixture =>
    relaxation.weightMixture({ step, epoch, epochs: EPOCHS, streams } as unknown as BilevelStep);
};

describe('path dropout', () => {
  it('drops each of k paths with r^(1/k) (check of E3)', () => {
    for (const [k, rate] of [
      [1, 0.05],
      [2, 0.2236],
      [3, 0.3684],
      [5, 0.5493],
    ] as const) {
      expect(dropRate(0.05, k)).toBeCloseTo(rate, 4);
    }
    expect(dropRate(0, 3)).toBe(0);
  });

  it('raises r linearly from 0 to its value in the last epoch', () => {
    const linear = { rate: 0.3, schedule: 'linear' } as const;
    const rates = [0, 5, 10].map((epoch) => rateAt(epoch, EPOCHS, linear));
    expect(rates).toEqual([0, 0.15, 0.3]);
    expect(rateAt(0, EPOCHS, { ...linear, schedule: 'constant' })).toBe(0.3);
    expect(rateAt(0, 1, linear)).toBe(0.3);
  });

  it('trains all paths at first, unweighed, which single paths would not', () => {
    const draw = drawing({ rate: 0.9, schedule: 'linear' }, sitesOf(0, 5, 3));
    for (let step = 0; step < 20; step++) {
      expect(draw(step, 0)).toEqual([{ support: [1, 2, 3, 4] }, { support: [1, 2] }]);
    }
  });

  it('at the end drops all paths of a block with probability r, and each with r^(1/k)', () => {
    const draw = drawing({ rate: 0.2, schedule: 'linear' }, sitesOf(0, 5));
    const draws = 4000;
    const rows = Array.from({ length: draws }, (_, step) => draw(step, EPOCHS - 1)[0]?.support);
    const gone = rows.filter((support) => support?.join() === '0').length / draws;
    // √(0.2 · 0.8 / 4000) = 0.0063; five deviations.
    expect(Math.abs(gone - 0.2)).toBeLessThan(0.032);
    for (const path of [1, 2, 3, 4]) {
      const dropped = rows.filter((support) => !support?.includes(path)).length / draws;
      // 0.2^(1/4) = 0.6687; √(0.6687 · 0.3313 / 4000) = 0.0074; five deviations.
      expect(Math.abs(dropped - 0.6687)).toBeLessThan(0.038);
    }
  });

  it('keeps one path of a block that has no zero', () => {
    const draw = drawing({ rate: 0.99, schedule: 'constant' }, sitesOf(undefined, 3));
    const rows = Array.from({ length: 300 }, (_, step) => draw(step, 0)[0]?.support ?? []);
    expect(Math.min(...rows.map(({ length }) => length))).toBe(1);
    expect(new Set(rows.map((support) => support.join())).size).toBeGreaterThan(2);
  });

  it('draws blocks independently of each other and of other steps', () => {
    const draw = drawing({ rate: 0.5, schedule: 'constant' }, sitesOf(0, 2, 2));
    const draws = 4000;
    const both = Array.from({ length: draws }, (_, step) => draw(step, 0)).filter(
      ([a, b]) => a?.support[0] === 1 && b?.support[0] === 1,
    ).length;
    // A quarter; √(0.25 · 0.75 / 4000) = 0.0068; five deviations.
    expect(Math.abs(both / draws - 0.25)).toBeLessThan(0.035);
  });

  it('learns nothing of architectures', () => {
    const relaxation = pathDropout({ rate: 0.05, schedule: 'linear' }).begin(
      sitesOf(0, 5, 5),
      streams,
    );
    expect(meanEntropy(relaxation.probabilities)).toBeCloseTo(Math.log(5), 6);
    expect(relaxation.update).toBe(undefined);
    expect(relaxation.observe).toBe(undefined);
  });
});

describe('strategy: { use: bender-oneshot }', () => {
  const [strategy] = plugins;
  const expand = (options: object): Block => {
    if (!strategy || !('preset' in strategy)) throw new Error('bender-oneshot is no preset');
    return strategy.preset(strategy.options.parse(options) as never);
  };

  it('is bilevel without a relaxation that learns, and a selection', () => {
    expect(expand({ rate: 0.3, lr: 0.1 })).toEqual({
      use: 'bilevel',
      epochs: 250,
      lr: 0.1,
      nesterov: true,
      weightDecay: 5e-4,
      relaxation: { use: 'path-dropout', rate: 0.3, schedule: 'linear' },
      selection: { architectures: 1000, finalists: 10 },
    });
  });
});
