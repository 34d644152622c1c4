import type { Rows } from './mixture.ts';

/** Options of {@link rowAdam}; the defaults are those of DARTS for α. */
export interface RowAdamOptions {
  readonly lr: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon?: number;
  /** Joins the gradient, g + λ α, as in PyTorch's Adam. */
  readonly weightDecay: number;
}

/** Rows with Adam's moments; a plain value that a checkpoint holds. */
export interface RowAdamState {
  readonly rows: Rows;
  readonly first: Rows;
  readonly second: Rows;
  readonly steps: number;
}

/** Rows at the beginning: no moments yet. */
export function beginRows(rows: Rows): RowAdamState {
  const zeros = rows.map((row) => new Float64Array(row.length));
  return { rows, first: zeros, second: zeros, steps: 0 };
}

/**
 * One step of Adam (Kingma and Ba 2015, algorithm 1) on architecture parameters, pure:
 * m ← β₁ m + (1 − β₁) g;  v ← β₂ v + (1 − β₂) g²;  α ← α − η m̂ / (√v̂ + ε).
 */
export function rowAdam(
  { rows, first, second, steps }: RowAdamState,
  gradient: Rows,
  { lr, beta1, beta2, epsilon = 1e-8, weightDecay }: RowAdamOptions,
): RowAdamState {
  const t = steps + 1;
  const g = each(rows, gradient, (a, given) => given + weightDecay * a);
  const m = each(first, g, (old, now) => beta1 * old + (1 - beta1) * now);
  const v = each(second, g, (old, now) => beta2 * old + (1 - beta2) * now * now);
  const direction = each(m, v, (mi, vi) => {
    return mi / (1 - beta1 ** t) / (Math.sqrt(vi / (1 - beta2 ** t)) + epsilon);
  });
  const next = each(rows, direction, (a, d) => a - lr * d);
  return { rows: next, first: m, second: v, steps: t };
}

function each(a: Rows, b: Rows, f: (a: number, b: number) => number): Rows {
  return a.map((row, r) => row.map((value, i) => f(value, b[r]?.[i] ?? 0)));
}
