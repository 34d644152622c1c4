import type { Stream } from '@archer-nas/core';
import { type Mixture, type Rows, softmaxGradientRows, softmaxRows } from '@archer-nas/nn';

/** Two options of one decision. */
export interface Pair {
  /** The sampled ones, the active one first; a decision of one option has that alone. */
  readonly options: readonly number[];
  /** Their probabilities among themselves. */
  readonly p: Float64Array;
}

/** Two options of each row by multinomial sampling without replacement; one of them is active. */
export function samplePairs(alpha: Rows, stream: Stream): readonly Pair[] {
  return softmaxRows(alpha).map((row, decision) => {
    if (row.length < 2) return { options: [...row.keys()], p: Float64Array.of(1) };
    const first = stream.weighted(row);
    const second = stream.weighted(row.map((pi, i) => (i === first ? 0 : pi)));
    const [p] = softmaxRows([pick(alpha[decision], [first, second])]) as [Float64Array];
    const isSecond = stream.weighted(p) === 1;
    return isSecond
      ? { options: [second, first], p: p.toReversed() }
      : { options: [first, second], p };
  });
}

/** Both paths of each decision run: gates (1, 0), whose gradients are ⟨∂L/∂x, o(x)⟩. */
export function pairMixture(pairs: readonly Pair[]): Mixture {
  return pairs.map(({ options }) => {
    const weights = Float64Array.from(options, (_, at) => (at === 0 ? 1 : 0));
    return { support: options, weights };
  });
}

/** ∂L/∂α_i = Σ_j ∂L/∂g_j p_j (δ_ij − p_i) over the two; 0 for the others. */
export function pairGradient(pairs: readonly Pair[], gates: Rows): Rows {
  return pairs.map(({ options, p }, decision) => {
    const given = gates[decision] ?? new Float64Array();
    const [slope = []] = softmaxGradientRows([p], [pick(given, options)]);
    const row = new Float64Array(given.length);
    options.forEach((option, at) => {
      row[option] = slope[at] ?? 0;
    });
    return row;
  });
}

/** Shifts the two α of each decision equally, so that together they stay as probable as before. */
export function rescaled(moved: Rows, before: Rows, pairs: readonly Pair[]): Rows {
  return moved.map((row, decision) => {
    const { options } = pairs[decision] as Pair; // one per row
    const [now, then] = [row, before[decision]].map((a) => logSumExp(pick(a, options)));
    const shift = (now ?? 0) - (then ?? 0);
    return row.map((a, option) => (options.includes(option) ? a - shift : a));
  });
}

function pick(row: ArrayLike<number> | undefined, options: readonly number[]): Float64Array {
  return Float64Array.from(options, (option) => row?.[option] ?? 0);
}

function logSumExp(values: Float64Array): number {
  const most = Math.max(...values);
  return most + Math.log(values.reduce((sum, a) => sum + Math.exp(a - most), 0));
}
