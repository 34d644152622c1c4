import { createStreams } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { concreteGradientRows, concreteRows, gumbelNoise } from './gumbel.ts';
import type { Rows } from './mixture.ts';

const rows = (...values: number[][]): Rows => values.map((row) => Float64Array.from(row));

describe('R39 concrete samples', () => {
  const alpha = rows([0.5, 0.2, -0.1]);
  const noise = rows([0.3, -0.4, 0.5]);

  it.each([
    [1, [0.490629, 0.180492, 0.328879]],
    [0.1, [0.98197, 0.000045, 0.017985]],
  ])('are softmax((α + g)/τ) at τ = %f (check of GDAS)', (temperature, expected) => {
    const [z = []] = concreteRows(alpha, noise, temperature);
    for (const [i, value] of expected.entries()) expect(z[i]).toBeCloseTo(value, 5);
  });

  it('have the gradient of finite differences', () => {
    const temperature = 0.7;
    const c = [1, 2, -0.5];
    const loss = (at: Rows) => {
      const [z] = concreteRows(at, noise, temperature);
      return [...(z ?? [])].reduce((sum, value, i) => sum + value * (c[i] ?? 0), 0);
    };
    const z = concreteRows(alpha, noise, temperature);
    const [gradient = []] = concreteGradientRows(z, rows(c), temperature);
    for (let i = 0; i < 3; i++) {
      const moved = (by: number) => alpha.map((row) => row.map((a, j) => (j === i ? a + by : a)));
      expect(gradient[i]).toBeCloseTo((loss(moved(1e-5)) - loss(moved(-1e-5))) / 2e-5, 8);
    }
  });

  it('have their maximum at each option as often as softmax(α) says (Gumbel-max)', () => {
    const wins = [0, 0, 0];
    for (let draw = 0; draw < 4000; draw++) {
      const stream = createStreams(1).stream('gumbel', draw);
      const [z = []] = concreteRows(alpha, gumbelNoise(alpha, stream), 1);
      const best = [...z].indexOf(Math.max(...z));
      wins[best] = (wins[best] ?? 0) + 1;
    }
    // softmax(α) = (.437, .323, .240); three standard deviations of 4000 draws are .024.
    for (const [i, p] of [0.4368, 0.3236, 0.2397].entries()) {
      expect(Math.abs((wins[i] ?? 0) / 4000 - p)).toBeLessThan(0.024);
    }
  });

  it('put no probability where the uniform draw was 0', () => {
    expect(concreteRows(rows([1, 1]), rows([Number.NEGATIVE_INFINITY, 0]), 1)).toEqual(
      rows([0, 1]),
    );
  });
});
