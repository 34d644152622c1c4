import { tf } from '@archer-nas/engine';

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
  const [batch, classes] = logits.shape;
  const z = detached(logits);
  const oneHot = tf.oneHot(tf.tensor1d(labels, 'int32'), classes) as tf.Tensor2D;
  const target = tf.add(tf.mul(oneHot, 1 - labelSmoothing), labelSmoothing / classes);
  const logP = tf.logSoftmax(z);
  const difference = tf.sub(tf.exp(logP), target);
  const perSample = tf.neg<tf.Tensor1D>(tf.sum(tf.mul(target, logP), 1));
  const factor = tf.div(weight === undefined ? tf.ones([batch]) : tf.tensor1d(weight), batch);
  const mean = tf.customGrad(() => ({
    value: tf.sum(tf.mul(perSample, factor)),
    gradFunc: (dy: tf.Tensor) => tf.mul(tf.mul(difference, tf.expandDims(factor, 1)), dy),
  }))(logits) as tf.Scalar;
  return {
    mean,
    perSample,
    score: tf.sqrt<tf.Tensor1D>(tf.sum(tf.square(difference), 1)),
    correct: correctCount(z, labels),
  };
}

/** How many rows of [B, classes] have their maximum (the first, when tied) at the label. */
export function correctCount(logits: tf.Tensor2D, labels: Int32Array): tf.Scalar {
  const hits = tf.equal(tf.argMax(logits, 1), tf.tensor1d(labels, 'int32'));
  return tf.sum<tf.Scalar>(tf.cast(hits, 'float32'));
}
function detached<T extends tf.Tensor>(x: T): T {
  return tf.clone(x);
}
