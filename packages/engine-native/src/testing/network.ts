import { type hostFused, tf } from '@archer-nas/engine';
import { generator, numbers } from './numbers.ts';

/** The fused kernels that every engine on the CPU has. */
type Fused = typeof hostFused;

/** A small network with every kernel of a training step, and its optimiser's state. */
export interface Training {
  /** One step of SGD; the loss before it. */
  step(): number;
  /** The bytes of all parameters. */
  bytes(): Uint8Array;
  dispose(): void;
}

/** Builds it on tfjs's current backend; the same numbers on every engine. */
export function startTraining(fused: Fused): Training {
  const random = generator(11);
  const tensor = (shape: number[], scale = 1) =>
    tf.tensor(
      numbers(
        random,
        shape.reduce((a, b) => a * b, 1),
      ).map((v) => v * scale),
      shape,
    );
  const images = tensor([20, 12, 12, 3]) as tf.Tensor4D;
  const labels = tf.tensor1d(
    Array.from({ length: 20 }, (_, i) => i % 5),
    'int32',
  );
  const values = [
    tensor([3, 3, 3, 16], 0.3),
    tensor([3, 3, 16, 16], 0.2),
    tensor([1, 1, 16, 16], 0.3),
    tensor([3, 3, 16, 24], 0.2),
    tensor([3, 3, 24, 1], 0.5),
    tf.ones([24]),
    tf.zeros([24]),
    tensor([24, 5], 0.3),
    tf.zeros([5]),
  ].map((value) => variable(value));
  const velocities = values.map((value) => variable(tf.zerosLike(value)));
  const options = { learningRate: 0.05, momentum: 0.9, weightDecay: 5e-4, nesterov: true };
  return {
    step: () =>
      tf.tidy(() => {
        const forward = () => loss(images, labels, values, fused);
        const { value, grads } = tf.variableGrads(forward, values);
        const parameters = values.map((value, i) => ({
          value,
          velocity: velocities[i] as tf.Variable,
          gradient: grads[value.name],
        }));
        fused.sgdStep(parameters, options);
        return value.dataSync()[0] as number;
      }),
    bytes: () => Buffer.concat(values.map((v) => Buffer.from(v.dataSync().slice().buffer))),
    dispose: () => tf.dispose([images, labels, ...values, ...velocities]),
  };
}

function variable(value: tf.Tensor): tf.Variable {
  const made = tf.variable(value);
  value.dispose();
  return made;
}

function loss(
  images: tf.Tensor4D,
  labels: tf.Tensor1D,
  values: readonly tf.Variable[],
  fused: Fused,
): tf.Scalar {
  const filter = (i: number) => values[i] as unknown as tf.Tensor4D;
  const vector = (i: number) => values[i] as unknown as tf.Tensor1D;
  const epsilon = 1e-5;
  const unit = { relu: true, stride: 1, pad: 1, epsilon };
  const stem = tf.conv2d(images, filter(0), 1, 'same');
  const start = fused.batchNorm({ x: stem }, { epsilon }).output;
  const left = fused.reluConvBatchNorm({ x: start, filter: filter(1) }, unit).output;
  const pooled = tf.avgPool(start, 3, 1, 'same');
  const wide = { x: left, filter: filter(2), addend: pooled };
  const joined = fused.reluConvBatchNorm(wide, { ...unit, pad: 0 }).output;
  const sum = tf.add<tf.Tensor4D>(joined, tf.maxPool(left, 3, 1, 'same'));
  const half = { x: sum, filter: filter(3), gamma: vector(5), beta: vector(6) };
  const small = fused.reluConvBatchNorm(half, { ...unit, stride: 2 }).output;
  const apart = tf.depthwiseConv2d(tf.relu(small), filter(4), 1, 'same', 'NHWC', 2);
  const features = tf.mean<tf.Tensor2D>(tf.mul(apart, 0.5), [1, 2]);
  const weights = values[7] as unknown as tf.Tensor2D;
  const logits = tf.add<tf.Tensor2D>(tf.matMul(features, weights), vector(8));
  return tf.mean<tf.Scalar>(fused.softmaxCrossEntropy(logits, labels).losses);
}
