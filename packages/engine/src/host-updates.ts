import {
  type AdamOptions,
  type AdamParameter,
  adamCoefficients,
  type CountedMoments,
  type FusedUpdates,
  type Moments,
  type RunningShare,
} from './fused-updates.ts';
import { tf } from './repaired.ts';

/** The updates composed of tfjs operations. */
export const composedUpdates: Required<FusedUpdates> = {
  adamStep,
  norms,
  updateMoments,
  poolMoments,
};

function adamStep(parameters: Iterable<AdamParameter>, options: AdamOptions): void {
  const { beta1, beta2, epsilon } = options;
  tf.tidy(() => {
    for (const { value, first, second, gradient, step } of parameters) {
      const { rate, root, decay, shrink } = adamCoefficients(options, step);
      const g = decay === 0 ? gradient : tf.add(gradient, tf.mul(value, decay));
      // m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g²,  w ← w − rate·m/(√v/root + ε)
      const m = tf.add(tf.mul(first, beta1), tf.mul(g, 1 - beta1));
      const v = tf.add(tf.mul(second, beta2), tf.mul(tf.square(g), 1 - beta2));
      const direction = tf.div(m, tf.add(tf.div(tf.sqrt(v), root), epsilon));
      value.assign(tf.sub(tf.mul(value, shrink), tf.mul(direction, rate)));
      first.assign(m);
      second.assign(v);
    }
  });
}

function norms(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  return tf.tidy(() => {
    const squares = tensors.map((tensor) => tf.sum(tf.square(tensor)));
    return tf.sqrt(tf.stack(squares)) as tf.Tensor1D;
  });
}

function updateMoments(
  running: Moments,
  batch: Moments,
  { share, unbiased }: RunningShare,
): Moments {
  const mix = (old: tf.Tensor1D, next: tf.Tensor1D, factor: number): tf.Tensor1D =>
    tf.tidy(() => tf.add(tf.mul(old, 1 - share), tf.mul(next, factor * share)));
  return {
    mean: mix(running.mean, batch.mean, 1),
    variance: mix(running.variance, batch.variance, unbiased),
  };
}

function poolMoments(batches: readonly CountedMoments[]): Moments {
  const all = batches.reduce((sum, { count }) => sum + count, 0);
  const weighted = (of: (batch: CountedMoments) => tf.Tensor): tf.Tensor1D =>
    batches
      .map((batch) => tf.mul(of(batch), batch.count / all))
      .reduce((sum, part) => tf.add(sum, part)) as tf.Tensor1D;
  // σ² = Σ nᵢ (σᵢ² + (μᵢ − μ)²) / Σ nᵢ
  const mean = tf.tidy(() => weighted((batch) => batch.mean));
  const variance = tf.tidy(() =>
    weighted((batch) => tf.add(batch.variance, tf.square(tf.sub(batch.mean, mean)))),
  );
  return { mean, variance };
}
