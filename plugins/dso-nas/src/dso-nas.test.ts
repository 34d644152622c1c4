import { createStreams } from '@archer-nas/core';
import type { BatchLoss, BilevelStep, Mixture, Relaxation, Rows, Site } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import { blockGammas, dsoNas, proximalStep, type Scaling } from './dso-nas.ts';

const rows = (...values: number[][]): Rows => values.map((row) => Float64Array.from(row));

/** Edges of three options; those with `zero` have the first give zeros. */
const sitesOf = (...zeros: boolean[]): Site[] =>
  zeros.map((hasZero, decision) => {
    const options = ['none', 'skip', 'conv'];
    return { name: `edge${decision}`, decision, options, ...(hasZero ? { zero: 0 } : {}) };
  });

/** ½ Σ (λ − target)², and the mixtures that it was asked for. */
function quadratic(target: Rows) {
  const asked: Mixture[] = [];
  const valid: BatchLoss = {
    value: () => 0,
    accuracy: () => 0,
    gradients: (mixture) => {
      asked.push(mixture);
      const slopes = mixture.map(({ weights = [] }, d) =>
        Float64Array.from(weights, (l, i) => l - (target[d]?.[i] ?? 0)),
      );
      return { gradients: new Map(), rows: slopes };
    },
  };
  return { asked, step: { valid } as unknown as BilevelStep };
}

const options = { lr: 0.1, momentum: 0.9, gamma: 0.2, init: 1 };
const begin = (...zeros: boolean[]): Relaxation =>
  dsoNas(options).begin(sitesOf(...zeros), createStreams(0));

describe('R39 accelerated proximal gradient (check of section 10)', () => {
  it('gives (v, λ) = (−.15, .015), (−.15, −.135), (−.085, −.1615) for a gradient of .5', () => {
    let scaling: Scaling = { lambda: rows([0.3]), velocity: rows([0]) };
    for (const [v, lambda] of [
      [-0.15, 0.015],
      [-0.15, -0.135],
      [-0.085, -0.1615],
    ] as const) {
      scaling = proximalStep(scaling, rows([0.5]), { lr: 0.1, momentum: 0.9, gamma: 1 });
      expect(scaling.velocity[0]?.[0]).toBeCloseTo(v, 12);
      expect(scaling.lambda[0]?.[0]).toBeCloseTo(lambda, 12);
    }
  });

  it('ends at the minimum of the loss with its penalty: S_γ(target), zeros exactly', () => {
    const relaxation = begin(false);
    const { step } = quadratic(rows([0.15, 0.7, -0.5]));
    for (let i = 0; i < 600; i++) relaxation.update?.(step);
    const { lambda } = relaxation.state as unknown as Scaling;
    expect(lambda[0]?.[0]).toBe(0);
    expect(lambda[0]?.[1]).toBeCloseTo(0.5, 6);
    expect(lambda[0]?.[2]).toBeCloseTo(-0.3, 6);
  });

  it('without the penalty ends at the target, and nothing is zero', () => {
    const relaxation = dsoNas({ ...options, gamma: 0 }).begin(sitesOf(false), createStreams(0));
    const { step } = quadratic(rows([0.15, 0.7, -0.5]));
    for (let i = 0; i < 600; i++) relaxation.update?.(step);
    const { lambda } = relaxation.state as unknown as Scaling;
    for (const [i, value] of [0.15, 0.7, -0.5].entries()) {
      expect(lambda[0]?.[i]).toBeCloseTo(value, 6);
    }
  });
});

describe('dso-nas', () => {
  it('starts with every operation at λ, and what gives zeros at none', () => {
    expect(begin(true, false).weightMixture({} as BilevelStep)).toEqual([
      { support: [1, 2], weights: Float64Array.of(1, 1) },
      { support: [0, 1, 2], weights: Float64Array.of(1, 1, 1) },
    ]);
  });

  it('no longer runs what became zero in the weight step; the step of λ asks for all', () => {
    const relaxation = begin(true);
    const { asked, step } = quadratic(rows([0, 0.1, 0.9]));
    for (let i = 0; i < 600; i++) relaxation.update?.(step);
    const [row] = relaxation.weightMixture(step);
    expect(row?.support).toEqual([2]);
    expect(asked.at(-1)?.[0]?.support).toEqual([0, 1, 2]);
    expect(relaxation.update?.(step)).toEqual({ 'non-zero': 1 });
  });

  it('is as probable as |λ|: a negative factor counts by its size', () => {
    const relaxation = begin(true);
    const { step } = quadratic(rows([0, 0.4, -0.8]));
    for (let i = 0; i < 600; i++) relaxation.update?.(step);
    const [p] = relaxation.probabilities;
    for (const [i, value] of [0, 0.25, 0.75].entries()) expect(p?.[i]).toBeCloseTo(value, 6);
  });

  it('is zeros where no operation is left, or undecided where the space has none', () => {
    const [known, unknown] = [true, false].map((zero) => {
      const relaxation = begin(zero);
      const { step } = quadratic(rows([0, 0.1, -0.1]));
      for (let i = 0; i < 600; i++) relaxation.update?.(step);
      return relaxation.probabilities[0];
    });
    expect(known).toEqual(Float64Array.of(1, 0, 0));
    expect(unknown).toEqual(new Float64Array(3).fill(1 / 3));
  });
});

describe('where edges compete', () => {
  it('they do by |λ|, of which an edge with little may have little left', () => {
    const relaxation = begin(true, true);
    const { step } = quadratic(rows([0, 1.1, -1.1], [0, 0.21, 0]));
    for (let i = 0; i < 600; i++) relaxation.update?.(step);
    const [strong = [], weak = []] = relaxation.scores ?? [];
    for (const [i, value] of [0, 0.9, 0.9].entries()) expect(strong[i]).toBeCloseTo(value, 6);
    for (const [i, value] of [0, 0.01, 0].entries()) expect(weak[i]).toBeCloseTo(value, 6);
    expect(relaxation.probabilities[1]).toEqual(Float64Array.of(0, 1, 0));
  });

  it('one with nothing left is zeros', () => {
    const relaxation = begin(true, false);
    const { step } = quadratic(rows([0, 0.1, 0.1], [0, 0, 0]));
    for (let i = 0; i < 600; i++) relaxation.update?.(step);
    expect(relaxation.scores).toEqual([Float64Array.of(1, 0, 0), Float64Array.of(0, 0, 0)]);
  });

  it('studies look at the loss at λ, which is the mixture', () => {
    const relaxation = begin(true);
    const target = rows([0, 0.4, -0.8]);
    const { step } = quadratic(target);
    const { alpha, gradient, mixture } = relaxation.point ?? {};
    expect(alpha).toEqual(rows([0, 1, 1]));
    expect(mixture?.(target)[0]?.weights).toEqual(target[0]);
    const [slopes] = gradient?.(rows([0, 1, 1]), step.valid) ?? [];
    for (const [i, slope] of [0, 0.6, 1.8].entries()) expect(slopes?.[i]).toBeCloseTo(slope, 12);
  });
});

describe('γ by FLOPs', () => {
  const flops = rows([0, 10, 30], [0, 10, 30], [0, 5, 5]);
  const names = ['normal', 'normal', 'reduction'];

  it('is γ · FLOPs_t / FLOPs_block, of each block its own', () => {
    const lambda = rows([0, 1, 0], [0, -0.2, 0.1], [0, 0, 0]);
    const gammas = blockGammas(0.2, lambda, { flops, names });
    expect(gammas).toEqual([(0.2 * 50) / 80, (0.2 * 50) / 80, 0]);
  });

  it('lets go of a block that has become cheap: S_γ with the γ that is left', () => {
    const end = (flops?: Readonly<Record<string, number>>) => {
      const relaxation = dsoNas({ ...options, flops }).begin(sitesOf(true), createStreams(0));
      const { step } = quadratic(rows([0, 0.5, 0.1]));
      for (let i = 0; i < 600; i++) relaxation.update?.(step);
      return (relaxation.state as unknown as Scaling).lambda[0] ?? [];
    };
    expect(end()[1]).toBeCloseTo(0.5 - 0.2, 6);
    const adapted = end({ none: 0, skip: 3, conv: 1 });
    expect(adapted[1]).toBeCloseTo(0.5 - (0.2 * 3) / 4, 6);
    expect(adapted[2]).toBe(0);
  });

  it('names the table where an option has none', () => {
    const begun = () =>
      dsoNas({ ...options, flops: { none: 0 } }).begin(sitesOf(true), createStreams(0));
    expect(begun).toThrow(/lambda.flops has no "skip", an option of site edge0/);
  });
});
