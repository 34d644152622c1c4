// biome-ignore-all lint/style/noNonNullAssertion: tfjs calls a kernel with the inputs of its name
import { tf } from '@archer-nas/engine';
import type { ComposedKernel } from './kernels.ts';

/**
 * The kernels behind the engine's fused functions, in TensorFlow.js's operations: one entry of the
 * tape for each, and gradients by their formula instead of by every operation's.
 */
export const fusedKernels: readonly ComposedKernel[] = [
  {
    name: 'ArcherBatchNorm',
    compute({ x, gamma, beta, addend }, { epsilon }) {
      const { mean, variance } = tf.moments(x!, axesOf(x!));
      const inverse = tf.rsqrt(tf.add(variance, epsilon as number));
      const scaled = tf.mul(tf.sub(x!, mean), gamma ? tf.mul(gamma, inverse) : inverse);
      const shifted = beta ? tf.add(scaled, beta) : scaled;
      return [addend ? tf.add(shifted, addend) : shifted, mean, variance];
    },
  },
  {
    name: 'ArcherBatchNormGrad',
    compute({ dz, x, mean, variance, gamma }, { epsilon }) {
      const inverse = tf.rsqrt(tf.add(variance!, epsilon as number));
      const normal = tf.mul(tf.sub(x!, mean!), inverse);
      const dbeta = tf.sum(dz!, axesOf(x!));
      const dgamma = tf.sum(tf.mul(dz!, normal), axesOf(x!));
      // dx = γ/σ · (dz − Σdz/M − x̂·Σ(dz·x̂)/M), x̂ = (x − μ)/σ
      const count = x!.size / mean!.size;
      const along = tf.add(tf.div(dbeta, count), tf.mul(normal, tf.div(dgamma, count)));
      const dx = tf.mul(tf.sub(dz!, along), gamma ? tf.mul(gamma, inverse) : inverse);
      return [dx, dgamma, dbeta];
    },
  },
  {
    name: 'ArcherReluGrad',
    compute: ({ x, dy }) => tf.mul(dy!, tf.step(x!)),
  },
  {
    name: 'ArcherSoftmaxCrossEntropy',
    compute({ logits, labels }) {
      const targets = tf.oneHot(labels as tf.Tensor1D, logits!.shape[1]!);
      const chosen = tf.sum(tf.mul(logits!, targets), 1);
      return [
        tf.sub(tf.logSumExp(logits!, 1), chosen),
        tf.sub(tf.softmax(logits as tf.Tensor2D), targets),
      ];
    },
  },
  {
    name: 'ArcherSgd',
    compute({ value, velocity, gradient }, attrs) {
      const { rate, momentum, decay, nesterov } = attrs as Record<string, number>;
      // g ← g + decay·w,  v ← momentum·v + g,  w ← w − rate·(nesterov ? g + momentum·v : v)
      const decayed = tf.mul(value!, decay!);
      const g = gradient ? tf.add(gradient, decayed) : decayed;
      const v = tf.add(tf.mul(velocity!, momentum!), g);
      const step = nesterov ? tf.add(g, tf.mul(v, momentum!)) : v;
      return [tf.sub(value!, tf.mul(step, rate!)), v];
    },
  },
];

/** All but the channels. */
function axesOf(x: tf.Tensor): number[] {
  return x.shape.slice(0, -1).map((_, axis) => axis);
}
