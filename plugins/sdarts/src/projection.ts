import { argmaxRows, type Rows } from '@archer-nas/nn';

/** ℓ∞, or ℓ₂ of each row. */
export type Norm = 'inf' | '2';

/**
 * Rows as probabilities, as the released code makes them: clamped to [0, 1] and divided by their
 * sum; a row without anything left is one at the option that was greatest.
 */
export function clipToSimplex(rows: Rows): Rows {
  const greatest = argmaxRows(rows);
  return rows.map((row, r) => {
    const clamped = row.map((value) => Math.min(1, Math.max(0, value)));
    const sum = clamped.reduce((a, b) => a + b, 0);
    if (sum === 0) return clamped.map((_, i) => (i === greatest[r] ? 1 : 0));
    return clamped.map((value) => value / sum);
  });
}

/** The nearest rows with ‖rows − centre‖ ≤ ε, row by row. */
export function projectToBall(rows: Rows, centre: Rows, epsilon: number, norm: Norm): Rows {
  return rows.map((row, r) => {
    const c = centre[r] ?? new Float64Array(row.length);
    const delta = row.map((value, i) => value - (c[i] ?? 0));
    if (norm === 'inf') {
      return delta.map((d, i) => (c[i] ?? 0) + Math.min(epsilon, Math.max(-epsilon, d)));
    }
    const length = Math.hypot(...delta);
    return length <= epsilon ? row : delta.map((d, i) => (c[i] ?? 0) + (d * epsilon) / length);
  });
}

/**
 * Probabilities moved straight towards `centre`, which are probabilities too, until they are in
 * its ball: both constraints hold.
 */
export function pulledIntoBall(rows: Rows, centre: Rows, epsilon: number, norm: Norm): Rows {
  return rows.map((row, r) => {
    const c = centre[r] ?? new Float64Array(row.length);
    const delta = row.map((value, i) => value - (c[i] ?? 0));
    const length = norm === '2' ? Math.hypot(...delta) : Math.max(...delta.map(Math.abs));
    const share = Math.min(1, epsilon / length);
    return length === 0 ? row : delta.map((d, i) => (c[i] ?? 0) + share * d);
  });
}
