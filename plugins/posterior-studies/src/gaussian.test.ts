import { describe, expect, it } from 'vitest';
import { type Gaussian, klOfGaussians, product, toyFading } from './gaussian.ts';

describe('the toy of posterior fading', () => {
  it.each([
    [1, 0],
    [2, 0.153426],
    [4, 0.806853],
    [10, 3.348707],
    [100, 47.197415],
  ])('%d models that agree are %f nats away (check C1)', (K, kl) => {
    expect(toyFading(Array(K).fill(3), 4)).toBeCloseTo(kl, 6);
  });

  it.each([
    [2, 0.403426],
    [4, 1.931853],
    [10, 7.398707],
  ])('%d models, the others one σ away, are %f nats away (check C1)', (K, kl) => {
    const σ = 2;
    expect(toyFading([0, ...Array(K - 1).fill(σ)], σ ** 2)).toBeCloseTo(kl, 6);
  });

  it('is made of the product of densities, up to its mass, and the integral of p ln p/q', () => {
    const p: Gaussian = { mean: 0, variance: 1 };
    const q: Gaussian = { mean: 1, variance: 0.5 };
    const density = ({ mean, variance }: Gaussian, x: number) =>
      Math.exp(-((x - mean) ** 2) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance);
    const grid = Array.from({ length: 4001 }, (_, i) => -10 + i * 0.005);
    const mass = grid.reduce((sum, x) => sum + density(p, x) * density(q, x), 0) * 0.005;
    const both = product([p, q]);
    expect(density(both, 0.3)).toBeCloseTo((density(p, 0.3) * density(q, 0.3)) / mass, 9);
    const integral = grid.reduce((sum, x) => {
      const [a, b] = [density(p, x), density(q, x)];
      return sum + (a > 0 && b > 0 ? a * Math.log(a / b) : 0) * 0.005;
    }, 0);
    expect(klOfGaussians(p, q)).toBeCloseTo(integral, 6);
  });
});
