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
  const target = targets(labels, classes, labelSmoothing);
  const factor = tf.tensor2d(
    Float32Array.from({ length: batch }, (_, i) => (weight?.[i] ?? 1) / batch),
    [batch, 1],
  );
  const logP = tf.logSoftmax(logits);
  const difference = tf.sub(tf.exp(logP), target);
  const perSample = tf.neg<tf.Tensor1D>(tf.sum(tf.mul(target, logP), 1));
  const mean = tf.customGrad((...inputs) => {
    const save = inputs.pop() as unknown as (saved: tf.Tensor[]) => void;
    save([tf.mul(difference, factor)]);
    return {
      value: tf.sum(tf.mul(perSample, tf.reshape(factor, [batch]))),
      gradFunc: (dy: tf.Tensor, [slope]: tf.Tensor[]) => tf.mul(slope as tf.Tensor, dy),
    };
  })(logits) as tf.Scalar;
  return {
    mean,
    perSample,
    score: tf.sqrt<tf.Tensor1D>(tf.sum(tf.square(difference), 1)),
    correct: correctCount(logits, labels),
  };
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
