// biome-ignore-all lint/style/noNonNullAssertion: tfjs calls a kernel with the inputs of its name
import tf from '#tfjs';
import type { TensorflowKernel } from './operations.ts';

const NHWC = { data_format: 'NHWC' };

/**
 * The kernels of `host-fused.ts` in TensorFlow's operations, with the inputs and outputs of
 * the kernels in plain loops. For the CPU: on a GPU `FusedBatchNormV3` saves an inverse
 * deviation where it saves a variance here.
 */
export const fusedOnTensorflow: readonly TensorflowKernel[] = [
  {
    name: 'ArcherBatchNorm',
    compute({ x, gamma, beta, addend }, { epsilon }, operation) {
      const channels = x!.shape.slice(-1);
      const none = tf.zeros([0]);
      const [y, mean, , , variance] = operation(
        'FusedBatchNormV3',
        [x!, gamma ?? tf.ones(channels), beta ?? tf.zeros(channels), none, none],
        { ...NHWC, epsilon: epsilon as number, is_training: true },
        6,
      );
      return [addend ? tf.add(y, addend) : y, mean!, variance!];
    },
  },
  {
    name: 'ArcherBatchNormGrad',
    compute({ dz, x, mean, variance, gamma }, { epsilon }, operation) {
      const scale = gamma ?? tf.ones(x!.shape.slice(-1));
      return operation(
        'FusedBatchNormGradV3',
        [dz!, x!, scale, mean!, variance!, tf.zeros([0])],
        { ...NHWC, epsilon: epsilon as number, is_training: true },
        5,
      ).slice(0, 3);
    },
  },
  {
    name: 'ArcherReluGrad',
    compute: ({ x, dy }, _attrs, operation) => operation('ReluGrad', [dy!, x!], {})[0],
  },
  {
    name: 'ArcherSoftmaxCrossEntropy',
    compute: ({ logits, labels }, _attrs, operation) =>
      operation('SparseSoftmaxCrossEntropyWithLogits', [logits!, labels!], {}, 2),
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
