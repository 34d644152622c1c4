import { describe, expect, it } from 'vitest';
import { softmax } from './distribution.ts';
import type { Token } from './policy.ts';
import { bernoulliKl, skipPenalty } from './skip-penalty.ts';
import { expectGradient } from './testing/differences.ts';
import { learningWith } from './testing/options.ts';

/** A bit with the logits (−q, q), of a node. */
function bit(q: number, group = 0): Token {
  const logits = Float64Array.of(-q, q);
  return { decision: 0, group, logits, p: softmax(logits), chosen: 0 };
}

const penaltyOf = (tokens: readonly Token[], changes: object = {}) =>
  skipPenalty(tokens, learningWith({ skips: changes }).skips);

/** Where the derivative along q, of logits (−q, q), changes its sign. */
function optimum(changes: object): number {
  let [low, high] = [-5, 5];
  for (let i = 0; i < 60; i++) {
    const q = (low + high) / 2;
    const [no = 0, yes = 0] = penaltyOf([bit(q)], changes).gradients[0] ?? [];
    if (yes - no > 0) high = q;
    else low = q;
  }
  return low;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

describe('the penalty on skips', () => {
  it('is the divergence of the probabilities from the target (check C)', () => {
    expect(bernoulliKl(0.5, 0.4)).toBeCloseTo(0.020411, 6);
    expect(bernoulliKl(0.4, 0.5)).toBeCloseTo(0.0201355, 7);
    expect(bernoulliKl(0.4, 0.4)).toBe(0);
    for (const probability of ['sampled', 'logit']) {
      expect(penaltyOf([bit(0)], { probability }).value).toBeCloseTo(0.020411, 6);
    }
  });

  it('pulls the sampled probability to the target, .4 (gotcha 4)', () => {
    expect(sigmoid(2 * optimum({ probability: 'sampled' }))).toBeCloseTo(0.4, 9);
  });

  it('pulls it to .3077 with the probability of the released code (check C)', () => {
    const q = optimum({ probability: 'logit' });
    expect(q).toBeCloseTo(-0.405465, 6);
    expect(sigmoid(q)).toBeCloseTo(0.4, 9);
    expect(sigmoid(2 * q)).toBeCloseTo(0.307692, 6);
    expect(penaltyOf([bit(q)], { probability: 'logit' }).value).toBeCloseTo(0, 12);
  });

  it.each(['sampled', 'logit'])('has the gradient of finite differences (%s)', (probability) => {
    const logits = Float64Array.of(-0.3, 0.9);
    const token = (): Token => ({ ...bit(0), logits, p: softmax(logits) });
    const [gradient] = penaltyOf([token()], { probability }).gradients;
    expectGradient(
      logits,
      gradient as Float64Array,
      () => penaltyOf([token()], { probability }).value,
    );
  });

  it('is summed over the bits of a node and averaged over nodes, or over bits', () => {
    const tokens = [bit(0, 0), bit(0, 1), bit(0, 1)];
    const one = bernoulliKl(0.5, 0.4);
    expect(penaltyOf(tokens, { mean: 'nodes' }).value).toBeCloseTo((3 * one) / 2, 12);
    expect(penaltyOf(tokens, { mean: 'bits' }).value).toBeCloseTo(one, 12);
    const [gradient] = penaltyOf(tokens, { mean: 'nodes' }).gradients;
    const [alone] = penaltyOf([bit(0)]).gradients;
    expect(gradient?.[1]).toBeCloseTo((alone?.[1] as number) / 2, 12);
  });

  it('leaves other decisions alone', () => {
    const { group: _, ...plain } = bit(0.5);
    expect(penaltyOf([plain])).toEqual({ value: 0, gradients: [undefined] });
  });
});
