import type { OrderRecipe, Stream } from '@archer-nas/core';
import type { OrderOptions } from './options.ts';
import { smoothed, tau } from './smoothing.ts';

type Saved = { readonly q: Float64Array | null; readonly score: Float64Array; drawn: Uint8Array };

/**
 * DA: samples are drawn with replacement in proportion to the score ‖softmax(z) − onehot(y)‖₂
 * that they had in the epoch before, smoothed towards uniform. The first epoch is a
 * permutation. Samples that an epoch did not draw score 0, so the pool shrinks with τ.
 */
export function importanceOrder(options: OrderOptions): OrderRecipe {
  const { smoothing, weighted, weightCap = Number.POSITIVE_INFINITY } = options;

  function begin(N: number, saved?: Saved): ReturnType<OrderRecipe['begin']> {
    let q: Float64Array | null = saved?.q?.slice() ?? null; // null: the first epoch
    const score = saved?.score.slice() ?? new Float64Array(N);
    const drawn = saved?.drawn.slice() ?? new Uint8Array(N);
    return {
      next(_epoch, stream) {
        if (!q) return { index: stream.shuffle(Int32Array.from(score.keys())) };
        const index = drawWithReplacement(q, stream);
        if (!weighted) return { index };
        const w = q.map((q_j) => Math.min(1 / (N * q_j), weightCap));
        return { index, weight: Float32Array.from(index, (j) => w[j] as number) };
      },

      observe(index, scores) {
        index.forEach((j, k) => {
          const s = scores[k] as number;
          score[j] = drawn[j] ? ((score[j] as number) + s) / 2 : s; // an epoch's first one sets it
          drawn[j] = 1;
        });
      },

      advance(epochs) {
        const τ = tau(smoothing, epochs);
        const distinct = drawn.reduce((sum, flag) => sum + flag, 0) / N;
        q = smoothed(score, τ); // q ← τ q̂ + (1−τ) u
        score.fill(0);
        drawn.fill(0);
        return { metrics: { 'data-tau': τ, 'data-distinct': distinct } };
      },

      get state() {
        return { q: q?.slice() ?? null, score: score.slice(), drawn: drawn.slice() };
      },
    };
  }

  return { needsScores: true, begin: (size, saved) => begin(size, saved as Saved | undefined) };
}

/** As many draws as there are samples, by bisection of the cumulative distribution. */
function drawWithReplacement(q: Float64Array, stream: Stream): Int32Array {
  let sum = 0;
  const cumulative = q.map((q_j) => {
    sum += q_j;
    return sum;
  });
  return Int32Array.from(q, () => {
    const x = stream.float() * sum;
    let low = 0;
    for (let high = q.length - 1; low < high; ) {
      const middle = (low + high) >> 1;
      if ((cumulative[middle] as number) > x) high = middle;
      else low = middle + 1;
    }
    return low;
  });
}
