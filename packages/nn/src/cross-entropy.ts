import { type InputGradients, record, taping, tf, untaped } from '@archer-nas/engine';
import { fusedSoftmaxCrossEntropy } from './fused.ts';

/** Options of {@link crossEntropy}. */
export interface CrossEntropyOptions {
  /** Factor per sample, e.g. 1/(N q); the mean still divides by the batch size. */
  readonly weight?: Float32Array;
  /** ε: the target is (1 − ε) onehot + ε/classes. */
  readonly labelSmoothing?: number;
}

/** What {@link crossEntropy} gives; only `mean` is differentiable. */
export interface CrossEntropy {
  /** (1/B) Σ weight × loss. */
  readonly mean: tf.Scalar;
  /** Unweighted loss per sample, [B]. */
  readonly perSample: tf.Tensor1D;
  /** ‖softmax(logits) − target‖₂ per sample, [B]: the last layer's gradient norm. */
  readonly score: tf.Tensor1D;
  /** How many samples have their largest logit at the label. */
  readonly correct: tf.Scalar;
}

/** Softmax cross-entropy of logits [B, classes] with labels in [0, classes), in one pass. */
export function crossEntropy(
  logits: tf.Tensor2D,
  labels: Int32Array,
  { weight, labelSmoothing = 0 }: CrossEntropyOptions = {},
): CrossEntropy {
  const recorded = taping();
  return untaped(() => {
    const { perSample, difference } = lossesOf(logits, labels, labelSmoothing);
    const factor = sampleFactors(logits.shape[0], weight);
    const mean = tf.sum<tf.Scalar>(tf.mul(perSample, factor));
    if (recorded) {
      const slope = tf.mul(difference, tf.expandDims(factor, 1));
      const backward = (dy: tf.Tensor, gradients: InputGradients) => {
        gradients.add('logits', tf.mul(slope, dy));
      };
      record({ name: 'crossEntropy', inputs: { logits }, output: mean, saved: [slope], backward });
    }
    const score = tf.sqrt<tf.Tensor1D>(tf.sum(tf.square(difference), 1));
    return { mean, perSample, score, correct: correctCount(logits, labels) };
  });
}

/** Loss per sample, and softmax(logits) − target. */
function lossesOf(
  logits: tf.Tensor2D,
  labels: Int32Array,
  smoothing: number,
): { readonly perSample: tf.Tensor1D; readonly difference: tf.Tensor2D } {
  const fused = smoothing === 0 ? fusedSoftmaxCrossEntropy() : undefined;
  if (fused !== undefined) {
    const { losses, errors } = fused(logits, tf.tensor1d(labels, 'int32'));
    return { perSample: losses, difference: errors };
  }
  const target = targets(labels, logits.shape[1], smoothing);
  const logP = tf.logSoftmax(logits);
  return {
    perSample: tf.neg<tf.Tensor1D>(tf.sum(tf.mul(target, logP), 1)),
    difference: tf.sub(tf.exp(logP), target),
  };
}

/** The weight of each sample in the mean. */
export function sampleFactors(batch: number, weight: Float32Array | undefined): tf.Tensor1D {
  return tf.tensor1d(Float32Array.from({ length: batch }, (_, i) => (weight?.[i] ?? 1) / batch));
}

function targets(labels: Int32Array, classes: number, smoothing: number): tf.Tensor2D {
  const values = new Float32Array(labels.length * classes).fill(smoothing / classes);
  labels.forEach((label, i) => {
    const at = i * classes + label;
    values[at] = (values[at] ?? 0) + 1 - smoothing;
  });
  return tf.tensor2d(values, [labels.length, classes]);
}

/** How many rows of [B, classes] have their maximum (the first, when tied) at the label. */
export function correctCount(logits: tf.Tensor2D, labels: Int32Array): tf.Scalar {
  const hits = tf.equal(tf.argMax(logits, 1), tf.tensor1d(labels, 'int32'));
  return tf.sum<tf.Scalar>(tf.cast(hits, 'float32'));
}
