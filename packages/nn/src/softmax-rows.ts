import { mean } from '@archer-nas/core';
import type { BatchLoss } from './bilevel.ts';
import { denseMixture, type Rows } from './mixture.ts';

/** softmax of each row. */
export function softmaxRows(alpha: Rows): Rows {
  return alpha.map((row) => {
    const most = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const exponentials = row.map((a) => Math.exp(a - most));
    const sum = exponentials.reduce((a, b) => a + b, 0);
    return exponentials.map((e) => e / sum);
  });
}

/** ∂L/∂p of the mixture of all options with the weights p, at fixed w. */
export function mixtureGradientRows(p: Rows, loss: BatchLoss): Rows {
  return loss.gradients(denseMixture(p), ['mixture']).rows;
}

/** From the gradient by p = softmax(α) to that by α: ∂L/∂α_i = p_i (g_i − Σ_j p_j g_j). */
export function softmaxGradientRows(p: Rows, gradient: Rows): Rows {
  return p.map((row, decision) => {
    const g = gradient[decision] ?? new Float64Array(row.length);
    const expected = row.reduce((sum, pj, j) => sum + pj * (g[j] ?? 0), 0);
    return row.map((pi, i) => pi * ((g[i] ?? 0) - expected));
  });
}

/** Mean over the rows of their entropy −Σ p ln p, in nats. */
export function meanEntropy(p: Rows): number {
  return mean(p.map((row) => row.reduce((h, pi) => (pi > 0 ? h - pi * Math.log(pi) : h), 0)));
}

/** The first option with the greatest value, of each row. */
export function argmaxRows(rows: readonly ArrayLike<number>[]): number[] {
  return rows.map((row) => {
    let best = 0;
    for (let i = 1; i < row.length; i++) if ((row[i] ?? 0) > (row[best] ?? 0)) best = i;
    return best;
  });
}

/** Σ factor × rows, entry by entry. All have the first term's shape. */
export function combineRows(...terms: readonly (readonly [number, Rows])[]): Rows {
  const [first] = terms;
  return (first?.[1] ?? []).map((row, r) =>
    row.map((_, i) => terms.reduce((sum, [factor, rows]) => sum + factor * (rows[r]?.[i] ?? 0), 0)),
  );
}
