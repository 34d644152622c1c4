import { describe, expect, it } from 'vitest';
import { entropy, entropyGradient, softmax } from './distribution.ts';
import { clippedSurrogate, type Judged, logitGradients } from './estimator.ts';
import type { LearningOptions } from './options.ts';
import type { Token } from './policy.ts';
import { bernoulliKl } from './skip-penalty.ts';
import { expectGradient } from './testing/differences.ts';
import { learningWith } from './testing/options.ts';

const token = (logits: Float64Array, chosen: number, group?: number): Token => ({
  decision: 0,
  logits,
  p: softmax(logits),
  chosen,
  ...(group === undefined ? {} : { group }),
});

/** Without entropy. */
const plain = { entropy: { weight: 0 } };

const gradientOf = (one: Token, judged: Judged, learning: LearningOptions): Float64Array =>
  logitGradients([one], judged, learning)[0] as Float64Array;

describe('REINFORCE', () => {
  it('is the gradient of E[R] for any constant baseline (check H)', () => {
    const logits = Float64Array.of(0.2, -0.1);
    const p = softmax(logits);
    expect(p[0]).toBeCloseTo(0.574443, 6);
    const rewards = [1, 0];
    for (const b of [0, 0.3, -7]) {
      const expected = [0, 0];
      rewards.forEach((reward, arm) => {
        const judged = { advantage: reward - b, drawn: [0] };
        gradientOf(token(logits, arm), judged, learningWith(plain)).forEach((g, option) => {
          expected[option] = (expected[option] as number) - (p[arm] as number) * g; // of −E[R]
        });
      });
      expect(expected[0]).toBeCloseTo(0.2444583, 7);
      expect(expected[1]).toBeCloseTo(-0.2444583, 7);
    }
  });

  it('moves three equal logits as computed by hand', () => {
    const judged = { advantage: 0.047368, drawn: [0] };
    const [a, b] = gradientOf(token(new Float64Array(3), 1), judged, learningWith(plain));
    expect(a).toBeCloseTo(0.015789, 6);
    expect(b).toBeCloseTo(-0.031579, 6);
    const p = softmax(Float64Array.of(-0.0015789, 0.0031579, -0.0015789));
    expect(p[1]).toBeCloseTo(0.334387, 6);
    expect(p[0]).toBeCloseTo(0.332807, 6);
  });
});

describe('PPO', () => {
  it.each([
    [1.3, 0.5, 0.6],
    [0.7, 0.5, 0.35],
    [1.3, -0.5, -0.65],
    [0.7, -0.5, -0.4],
  ])('has for ratio %d and advantage %d the surrogate %d', (ratio, advantage, surrogate) => {
    expect(clippedSurrogate(ratio, advantage, 0.2)).toBeCloseTo(surrogate, 12);
  });

  it.each([1.3, 0.7, 1.1, 0.95])('has the gradient of its surrogate at ratio %d', (ratio) => {
    const logits = Float64Array.of(0.4, -0.3, 0.1);
    const learning = learningWith({ ...plain, estimator: 'ppo' });
    for (const advantage of [0.5, -0.5]) {
      const drawn = [Math.log((softmax(logits)[1] as number) / ratio)];
      const loss = () => {
        const now = (softmax(logits)[1] as number) / Math.exp(drawn[0] as number);
        return -clippedSurrogate(now, advantage, 0.2);
      };
      const gradient = gradientOf(token(logits, 1), { advantage, drawn }, learning);
      expectGradient(logits, gradient, loss);
    }
  });

  it('is REINFORCE while the policy is the one that drew', () => {
    const logits = Float64Array.of(0.4, -0.3, 0.1);
    const drawn = [Math.log(softmax(logits)[2] as number)];
    const judged = { advantage: 0.8, drawn };
    const [ppo, reinforce] = ['ppo', 'reinforce'].map((estimator) =>
      gradientOf(token(logits, 2), judged, learningWith({ ...plain, estimator })),
    );
    ppo?.forEach((g, at) => {
      expect(g).toBeCloseTo(reinforce?.[at] as number, 12);
    });
  });
});

describe('the entropy bonus', () => {
  it('is ln n of n equal options, and less of others', () => {
    expect(entropy(new Float64Array(5).fill(0.2))).toBeCloseTo(1.609438, 6);
    expect(entropy(Float64Array.of(0.9, 0.1))).toBeCloseTo(0.325083, 6);
    expect(entropy(Float64Array.of(1, 0))).toBe(0);
  });

  it('has the gradient of finite differences', () => {
    const logits = Float64Array.of(0.4, -1.3, 0.1, 2);
    expectGradient(logits, entropyGradient(softmax(logits)), () => entropy(softmax(logits)));
  });

  it('is part of the loss only where it is differentiated', () => {
    const logits = Float64Array.of(0.4, -0.3, 0.1);
    const judged = { advantage: 0.6, drawn: [0] };
    const loss = (weight: number) => () => {
      const p = softmax(logits);
      return -0.6 * Math.log(p[0] as number) - weight * entropy(p);
    };
    for (const form of ['gradient', 'reward', 'sampled']) {
      const learning = learningWith({ entropy: { weight: 0.3, form } });
      const weight = form === 'gradient' ? 0.3 : 0;
      expectGradient(logits, gradientOf(token(logits, 0), judged, learning), loss(weight));
    }
  });
});

describe('the penalty on skips', () => {
  it('joins the loss with its weight', () => {
    const logits = Float64Array.of(-0.2, 0.2);
    const learning = learningWith({ ...plain, skips: { target: 0.4, weight: 0.8 } });
    const judged = { advantage: 0.6, drawn: [0] };
    const loss = () => {
      const p = softmax(logits);
      return -0.6 * Math.log(p[1] as number) + 0.8 * bernoulliKl(p[1] as number, 0.4);
    };
    expectGradient(logits, gradientOf(token(logits, 1, 0), judged, learning), loss);
  });
});
