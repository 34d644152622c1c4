import { hostFused } from '../host-fused.ts';
import { tf } from '../repaired.ts';
import { tensor } from './finite-differences.ts';

/** Three SGD steps of a small network on the current backend; its parameters' bytes afterwards. */
export function trainThreeSteps(): Uint8Array {
  const images = tensor([8, 12, 12, 3], 1);
  const labels = tf.tensor1d([0, 1, 2, 3, 4, 0, 1, 2], 'int32');
  const shapes = [
    [3, 3, 3, 16],
    [3, 3, 16, 16],
    [1, 1, 16, 5],
  ];
  const filters = shapes.map((shape, i) => tf.variable(tensor(shape, 10 + i).mul(0.3)));
  const velocities = filters.map((filter) => tf.variable(tf.zerosLike(filter)));
  for (let step = 0; step < 3; step++) {
    tf.tidy(() => {
      const { grads } = tf.variableGrads(() => loss(images, filters as tf.Tensor4D[], labels));
      const parameters = filters.map((value, i) => ({
        value,
        velocity: velocities[i] as tf.Variable,
        gradient: grads[value.name],
      }));
      const options = { learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4, nesterov: true };
      hostFused.sgdStep(parameters, options);
    });
  }
  const bytes = filters.map((filter) => Buffer.from(filter.dataSync().slice().buffer));
  return Buffer.concat(bytes);
}

function loss(images: tf.Tensor4D, filters: tf.Tensor4D[], labels: tf.Tensor1D): tf.Scalar {
  let x = images;
  filters.forEach((filter, i) => {
    const options = { relu: i > 0, stride: i === 1 ? 2 : 1, pad: i < 2 ? 1 : 0, epsilon: 1e-5 };
    x = hostFused.reluConvBatchNorm({ x, filter }, options).output;
    if (i === 0) x = tf.add(x, tf.avgPool(x, 3, 1, 'same'));
  });
  return hostFused.softmaxCrossEntropy(tf.mean(x, [1, 2]), labels).losses.mean();
}
