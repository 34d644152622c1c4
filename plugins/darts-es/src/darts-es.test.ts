import { createStreams, type State } from '@archer-nas/core';
import type { BatchLoss, EpochEnd, EpochVerdict, Rows } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import { dartsEs, returnEpoch, slidingMean } from './darts-es.ts';
import plugin from './index.ts';

const paper = plugin.options.parse({});

/** What a search does whose eigenvalue is a function of the epoch: when it ends, and with what. */
function decision(
  lambda: (epoch: number) => number,
): { decided: number; returned: number } | undefined {
  const lambdas: number[] = [];
  for (let epoch = 0; epoch < 50; epoch += 2) {
    lambdas.push(lambda(epoch));
    const returned = returnEpoch(lambdas, paper);
    if (returned !== undefined) return { decided: epoch, returned };
  }
  return undefined;
}

/** The ratio of the two means at an epoch. */
function ratioAt(epoch: number, lambda: (epoch: number) => number): number {
  const lambdas = Array.from({ length: epoch / 2 + 1 }, (_, i) => lambda(2 * i));
  const mean = (at: number) => slidingMean(lambdas, at, paper);
  return mean(epoch / 2) / mean(epoch / 2 - 4);
}

const grown = (g: number) => (epoch: number) => 0.1 * g ** epoch;

describe('R39 the stopping rule of DARTS-ES', () => {
  it('never stops at a growth of 1.033 per epoch, and stops at 1.0334 (check)', () => {
    expect(decision(grown(1.033))).toBeUndefined();
    expect(decision(grown(1.0334))).toEqual({ decided: 22, returned: 10 });
    expect(ratioAt(22, grown(1.0334))).toBeCloseTo(1.3006, 4);
    expect(ratioAt(22, grown(1.05))).toBeCloseTo(1.477, 3);
  });

  it('has the critical growth 1.3^{1/8} = 1.03334 per epoch (check)', () => {
    expect(1.3 ** (1 / 8)).toBeCloseTo(1.03334, 5);
    expect(decision(grown(1.3 ** (1 / 8) - 1e-6))).toBeUndefined();
    expect(decision(grown(1.3 ** (1 / 8) + 1e-6))).toBeDefined();
  });

  it('decides at epoch 32 and returns to 20 where λ doubles at epoch 30 (check)', () => {
    const doubled = (epoch: number) => (epoch < 30 ? 0.1 : 0.2);
    expect(decision(doubled)).toEqual({ decided: 32, returned: 20 });
    expect(ratioAt(32, doubled)).toBeCloseTo(1.4, 12);
  });

  it('takes a mean for that of the middle of its window', () => {
    // Measured every 2 epochs up to 30: means of ⌊w/2⌋ measurements ago, compared 4 further back.
    const lambdas = Array.from({ length: 16 }, (_, at) => 2 ** at);
    const returned = (window: number) => returnEpoch(lambdas, { ...paper, window });
    expect([1, 3, 4, 5, 7].map(returned)).toEqual([22, 20, 18, 18, 16]);
  });

  it('takes the mean of those that are there, and waits for epoch 10 to return to', () => {
    expect(slidingMean([1, 2, 6], 2, paper)).toBe(3);
    expect(slidingMean([1, 2, 6, 3, 3, 100], 4, paper)).toBe(3);
    expect(decision(grown(2))).toEqual({ decided: 22, returned: 10 });
  });
});

/** An epoch whose loss is ½ λ(epoch) α², so that λ is its curvature. */
function endOf(epoch: number, lambda: (epoch: number) => number, weightDecay = 3e-4): EpochEnd {
  const gradient = (alpha: Rows): Rows => alpha.map((row) => row.map((a) => lambda(epoch) * a));
  const point = {
    alpha: [Float64Array.of(0.3)],
    weightDecay: 1e-3,
    gradient,
    mixture: () => [],
  };
  return { epoch, point, valid: {} as BatchLoss, weightDecay };
}

function begin(changes: object = {}, saved?: State) {
  const context = { sites: [], streams: createStreams(0), stage: 0 };
  const part = dartsEs(plugin.options.parse(changes)).begin?.(context, saved);
  if (part?.epochEnd === undefined) throw new Error('darts-es does not look');
  return part as Required<Pick<typeof part, 'epochEnd' | 'state'>>;
}

describe('DARTS-ES', () => {
  const growing = grown(1.05);

  it('measures the curvature with the decay of α, every other epoch', () => {
    const part = begin();
    const first = part.epochEnd(endOf(0, growing)).metrics?.['max-eigenvalue'];
    expect(first).toBeCloseTo(0.1 + 1e-3, 9);
    expect(part.epochEnd(endOf(1, growing))).toEqual({});
    expect(part.epochEnd(endOf(2, growing)).metrics?.['max-eigenvalue']).toBeCloseTo(0.11125, 9);
  });

  it('ends the search with the architecture of epoch 10 after epoch 22, also when resumed', () => {
    let part = begin();
    const verdicts: EpochVerdict[] = [];
    for (let epoch = 0; epoch <= 22; epoch++) {
      verdicts.push(part.epochEnd(endOf(epoch, growing)));
      part = begin({}, structuredClone(part.state) as State);
    }
    expect(verdicts.slice(0, -1).every(({ stopAt }) => stopAt === undefined)).toBe(true);
    expect(verdicts.at(-1)?.stopAt).toBe(10);
    expect(verdicts.every(({ keepFor = 0 }) => keepFor === 0)).toBe(true);
  });

  it('goes on where λ does not grow', () => {
    const part = begin();
    for (let epoch = 0; epoch < 50; epoch++) {
      expect(part.epochEnd(endOf(epoch, () => 0.1)).stopAt).toBeUndefined();
    }
  });
});

describe('DARTS-ADA', () => {
  const sharp = grown(1.05);
  const after = (epoch: number, weightDecay: number): EpochVerdict => {
    const part = begin({ adapt: {} });
    let verdict: EpochVerdict = {};
    for (let at = 0; at <= epoch; at++) verdict = part.epochEnd(endOf(at, sharp, weightDecay));
    return verdict;
  };

  it('goes back to that epoch with ten times the weight decay, at most 0.03', () => {
    expect(after(22, 3e-4).backTo?.epoch).toBe(10);
    expect(after(22, 3e-4).backTo?.weightDecay).toBeCloseTo(3e-3, 12);
    expect(after(22, 2e-2).backTo?.weightDecay).toBe(0.03);
    expect(after(20, 3e-4).backTo).toBeUndefined();
  });

  it('keeps what it may go back to: the measured epochs, for twelve more', () => {
    expect(after(10, 3e-4).keepFor).toBe(12);
    expect(after(9, 3e-4).keepFor).toBeUndefined();
  });

  it('goes on with the largest decay', () => {
    expect(after(22, 0.03)).not.toHaveProperty('backTo');
    expect(after(22, 0.03)).not.toHaveProperty('keepFor');
    expect(after(22, 0.03)).not.toHaveProperty('stopAt');
  });
});

it('has the settings of the paper', () => {
  expect(paper).toEqual({ every: 2, window: 5, lag: 4, ratio: 1.3, from: 10, step: 0.01 });
  expect(plugin.options.parse({ adapt: {} }).adapt).toEqual({ factor: 10, max: 0.03 });
});
