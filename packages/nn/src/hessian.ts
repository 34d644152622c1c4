import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Rows } from './mixture.ts';

/** The gradient of a loss by α, at any α. */
export type GradientAt = (alpha: Rows) => Rows;

/** What a symmetric matrix says about curvature. */
export interface Curvature {
  /** The greatest eigenvalue, which the released codes of SmoothDARTS and RobustDARTS report. */
  readonly maxEigenvalue: number;
  /** The greatest absolute value of an eigenvalue. */
  readonly spectralNorm: number;
  readonly trace: number;
}

/**
 * The Hessian of a loss by all entries of α together, by central differences of its gradient:
 * 2 dim(α) gradients. Symmetric by averaging with its transpose.
 *
 * @param step of the differences
 */
export function hessianAt(gradient: GradientAt, alpha: Rows, step: number): number[][] {
  const flat = alpha.flatMap((row, r) => [...row.keys()].map((i) => [r, i] as const));
  const columns = flat.map((place) => {
    const [plus, minus] = [step, -step].map((by) =>
      gradient(shifted(alpha, place, by)).flatMap(list),
    );
    return (plus ?? []).map((value, i) => (value - (minus?.[i] ?? 0)) / (2 * step));
  });
  return columns.map((column, i) => column.map((value, j) => (value + (columns[j]?.[i] ?? 0)) / 2));
}

/** Eigenvalues of a symmetric matrix, with `diagonal` added to its diagonal. */
export function curvature(hessian: readonly (readonly number[])[], diagonal = 0): Curvature {
  const matrix = new Matrix(hessian.map((row) => [...row]));
  const { realEigenvalues } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  const values = realEigenvalues.map((value) => value + diagonal);
  return {
    maxEigenvalue: Math.max(...values),
    spectralNorm: Math.max(...values.map(Math.abs)),
    trace: values.reduce((sum, value) => sum + value, 0),
  };
}

function shifted(alpha: Rows, [row, entry]: readonly [number, number], by: number): Rows {
  return alpha.map((values, r) => {
    return r === row ? values.map((value, i) => (i === entry ? value + by : value)) : values;
  });
}

function list(row: Float64Array): number[] {
  return [...row];
}
