import { describe, expect, it } from 'vitest';
import { curvature, hessianAt } from './hessian.ts';
import type { Rows } from './mixture.ts';
import { softmaxGradientRows, softmaxRows } from './softmax-rows.ts';

/** L = c·softmax(α) of one row, and its gradient. */
const c = Float64Array.of(1, 2, -1);
const alpha = [Float64Array.of(0.2, -0.1, 0)];
const gradient = (at: Rows): Rows => softmaxGradientRows(softmaxRows(at), [c]);

describe('R39 the Hessian by architecture parameters', () => {
  it('is looked at where p = (.390694, .289433, .319873) and L = .649687 (check E of SDARTS)', () => {
    const [p = c] = softmaxRows(alpha);
    for (const [i, value] of [0.390694, 0.289433, 0.319873].entries()) {
      expect(p[i]).toBeCloseTo(value, 6);
    }
    expect(p.reduce((sum, v, i) => sum + v * (c[i] as number), 0)).toBeCloseTo(0.649687, 6);
  });

  it('of a loss through the softmax is the closed form (check E of SDARTS)', () => {
    const hessian = hessianAt(gradient, alpha, 1e-3);
    const expected = [
      [0.02992, -0.192306, 0.162386],
      [-0.192306, 0.16459, 0.027717],
      [0.162386, 0.027717, -0.190103],
    ];
    for (const [i, row] of expected.entries()) {
      for (const [j, value] of row.entries()) expect(hessian[i]?.[j]).toBeCloseTo(value, 5);
      expect(hessian[i]?.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 6);
    }
  });

  it('spans all decisions together', () => {
    // L = a b + 3 a²: the mixed derivative is between two rows.
    const by = ([a, b]: Rows): Rows => {
      const [x = 0, y = 0] = [a?.[0], b?.[0]];
      return [Float64Array.of(y + 6 * x), Float64Array.of(x)];
    };
    const hessian = hessianAt(by, [Float64Array.of(0.3), Float64Array.of(0.7)], 0.01);
    for (const [at, value] of [
      [0, 6],
      [1, 1],
    ] as const)
      expect(hessian[0]?.[at]).toBeCloseTo(value, 9);
    expect(hessian[1]?.[1]).toBeCloseTo(0, 9);
  });
});

describe('curvature', () => {
  it('tells the greatest eigenvalue from the spectral norm: diag(−5, 1)', () => {
    expect(
      curvature([
        [-5, 0],
        [0, 1],
      ]),
    ).toEqual({ maxEigenvalue: 1, spectralNorm: 5, trace: -4 });
  });

  it('has every eigenvalue greater by the decay of α, exactly (check E of SDARTS)', () => {
    const hessian = hessianAt(gradient, alpha, 1e-3);
    const [plain, decayed] = [curvature(hessian), curvature(hessian, 1e-3)];
    expect(decayed.maxEigenvalue).toBe(plain.maxEigenvalue + 1e-3);
    expect(decayed.trace).toBeCloseTo(plain.trace + 3e-3, 12);
  });

  it('has the eigenvalues of [[2, 1], [1, 2]]: 1 and 3; decay shifts each by itself', () => {
    const { maxEigenvalue, trace } = curvature(
      [
        [2, 1],
        [1, 2],
      ],
      1e-3,
    );
    expect(maxEigenvalue).toBeCloseTo(3.001, 12);
    expect(trace).toBeCloseTo(4.002, 12);
  });
});
