import type { DataOrder, OrderRecipe, Stream, Table } from '@archer-nas/core';
import type { OrderOptions } from './options.ts';
import { smoothed, tau } from './smoothing.ts';

type Saved = { readonly q: Float64Array | null; readonly score: Float64Array; drawn: Uint8Array };

/**
 * DA: samples are drawn with replacement in proportion to the score ‖softmax(z) − onehot(y)‖₂
 * that they had in the epoch before, smoothed towards uniform. The first epoch is a
 * permutation. Samples that an epoch did not draw score 0, so the pool shrinks with τ.
 */
export function importanceOrder(options: OrderOptions): OrderRecipe {
  return { needsScores: true, begin: (N, saved) => order(options, N, saved as Saved | undefined) };
}

function order(options: OrderOptions, N: number, saved?: Saved): DataOrder {
  const cap = options.weightCap ?? Number.POSITIVE_INFINITY;
  let q: Float64Array | null = saved?.q?.slice() ?? null; // null: the first epoch
  const score = saved?.score.slice() ?? new Float64Array(N);
  const drawn = saved?.drawn.slice() ?? new Uint8Array(N);
  return {
    next(_epoch, stream) {
      if (!q) return { index: stream.shuffle(Int32Array.from(score.keys())) };
      const index = drawWithReplacement(q, stream);
      const w = q.map((q_j) => Math.min(1 / (N * q_j), cap));
      return options.weighted
        ? { index, weight: Float32Array.from(index, (j) => w[j] as number) }
        : { index };
    },

    observe(index, scores) {
      index.forEach((j, k) => {
        const s = scores[k] as number;
        score[j] = drawn[j] ? ((score[j] as number) + s) / 2 : s; // an epoch's first one sets it
        drawn[j] = 1;
      });
    },

    advance(epochs) {
      const τ = tau(options.smoothing, epochs);
      const distinct = drawn.reduce((sum, flag) => sum + flag, 0) / N;
      q = smoothed(score, τ); // q ← τ q̂ + (1−τ) u
      score.fill(0);
      drawn.fill(0);
      return {
        metrics: { 'data-tau': τ, 'data-distinct': distinct },
        tables: { 'data-probability': quartiles(q) },
      };
    },

    get state() {
      return { q: q?.slice() ?? null, score: score.slice(), drawn: drawn.slice() };
    },
  };
}

/** How unequal the q of samples are: their quartiles, in units of the uniform 1/N. */
function quartiles(q: Float64Array): Table {
  const sorted = q.toSorted();
  const N = q.length;
  const names = ['least', 'lower quartile', 'median', 'upper quartile', 'greatest'];
  return {
    columns: ['quantile', 'q times N'],
    rows: names.map((name, i) => [name, N * (sorted[Math.round((i / 4) * (N - 1))] as number)]),
  };
}

/** As many draws as samples: sorted uniforms walk along the cumulative q, then are shuffled. */
function drawWithReplacement(q: Float64Array, stream: Stream): Int32Array {
  const sum = q.reduce((total, q_j) => total + q_j, 0);
  const sorted = Float64Array.from(q, () => stream.float() * sum).sort();
  let j = 0;
  let cumulative = q[0] as number;
  const index = Int32Array.from(sorted, (u) => {
    while (u >= cumulative && j < q.length - 1) cumulative += q[++j] as number;
    return j;
  });
  return stream.shuffle(index);
}
