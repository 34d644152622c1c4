import { describe, expect, it } from 'vitest';
import { curvature, hessianAt } from './hessian.ts';

type Rows = readonly Float64Array[];

/** L = c·softmax(α) of one row, and its gradient. */
const c = [1, 2, -1];
const softmax = (alpha: Rows): number[] => {
  const e = [...(alpha[0] ?? [])].map(Math.exp);
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map((v) => v / sum);
};
const gradient = (alpha: Rows): Rows => {
  const p = softmax(alpha);
  const loss = p.reduce((sum, v, i) => sum + v * (c[i] as number), 0);
  return [Float64Array.from(p, (v, i) => v * ((c[i] as number) - loss))];
};

describe('R39 the Hessian by architecture parameters', () => {
  it('of a loss through the softmax is the closed form (check E of SDARTS)', () => {
    const hessian = hessianAt(gradient, [Float64Array.of(0.2, -0.1, 0)], 1e-3);
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
