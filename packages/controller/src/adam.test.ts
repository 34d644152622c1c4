import { beginRows, rowAdam } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import { adam, clipNorm, noMoments } from './adam.ts';
import { wave } from './testing/differences.ts';

describe('Adam', () => {
  it.each([
    { lr: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    { lr: 0.1, beta1: 0, beta2: 0.999, epsilon: 1e-3 },
  ])("takes the steps of nn's, %j", (options) => {
    const θ = wave(5, 0);
    let moments = noMoments(5);
    let theirs = beginRows([wave(5, 0)]);
    for (let step = 0; step < 6; step++) {
      const g = wave(5, step);
      moments = adam(θ, g, moments, options);
      theirs = rowAdam(theirs, [g], { ...options, weightDecay: 0 });
      θ.forEach((value, at) => {
        expect(value).toBeCloseTo(theirs.rows[0]?.[at] as number, 12);
      });
    }
    expect(moments.steps).toBe(6);
  });

  it('takes a first step of the learning rate, whatever the gradient', () => {
    const θ = Float64Array.of(1, 1);
    adam(θ, Float64Array.of(1e-3, -50), noMoments(2), {
      lr: 0.1,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
    });
    expect(θ[0]).toBeCloseTo(0.9, 5);
    expect(θ[1]).toBeCloseTo(1.1, 5);
  });
});

describe('the clip of the norm', () => {
  it('shortens what is longer and leaves the rest alone', () => {
    const g = Float64Array.of(3, 4);
    expect(clipNorm(g, 10)).toBe(5);
    expect([...g]).toEqual([3, 4]);
    expect(clipNorm(g, 1)).toBe(5);
    expect(g[0]).toBeCloseTo(0.6, 12);
    expect(g[1]).toBeCloseTo(0.8, 12);
  });
});
