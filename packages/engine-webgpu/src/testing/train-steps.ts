import { type FusedKernels, tf } from '@archer-nas/engine';

/** The functions that an engine needs here. */
type Fused = Required<Pick<FusedKernels, 'reluConvBatchNorm' | 'softmaxCrossEntropy' | 'sgdStep'>>;

/** Height, width, channels in and out of each filter. */
const SHAPES = [
  [3, 3, 3, 8],
  [3, 3, 8, 8],
  [3, 3, 8, 16],
  [3, 3, 16, 16],
  [3, 3, 16, 1],
  [1, 1, 16, 5],
] as const;

/**
 * SGD steps of a small network that has every kind of layer of a search space: convolutions,
 * strided and dilated, a depthwise one, batch norm, average and maximum pooling, a sum of branches.
 *
 * @returns its parameters afterwards
 */
export function trainSteps(fused: FusedKernels, steps: number): Float32Array {
  const filters = SHAPES.map((shape, i) => variable(() => values(shape, 10 + i, 0.3)));
  const velocities = filters.map((filter) => variable(() => tf.zerosLike(filter)));
  for (let step = 0; step < steps; step++)
    tf.tidy(() => train(fused as Fused, filters, velocities));
  const parameters = tf.tidy(() => tf.concat(filters.map((filter) => filter.flatten())).dataSync());
  for (const variable of [...filters, ...velocities]) variable.dispose();
  return parameters as Float32Array;
}

function variable(initial: () => tf.Tensor): tf.Variable<tf.Rank.R4> {
  return tf.tidy(() => tf.variable(initial() as tf.Tensor4D));
}

function train(
  fused: Fused,
  filters: tf.Variable<tf.Rank.R4>[],
  velocities: tf.Variable<tf.Rank.R4>[],
): void {
  const { grads } = tf.variableGrads(() => loss(fused, filters));
  const parameters = filters.map((value, i) => ({
    value,
    velocity: velocities[i] as tf.Variable,
    gradient: grads[value.name],
  }));
  const options = { learningRate: 0.1, momentum: 0.9, weightDecay: 5e-4, nesterov: true };
  fused.sgdStep(parameters, options);
}

function loss(fused: Fused, filters: readonly tf.Tensor4D[]): tf.Scalar {
  const [stem, plain, strided, dilated, depthwise, last] = filters as [
    ...[tf.Tensor4D, tf.Tensor4D, tf.Tensor4D],
    ...[tf.Tensor4D, tf.Tensor4D, tf.Tensor4D],
  ];
  const block = (x: tf.Tensor4D, filter: tf.Tensor4D, options: object = {}) =>
    fused.reluConvBatchNorm(
      { x, filter },
      { relu: true, stride: 1, pad: 1, epsilon: 1e-5, ...options },
    ).output;
  let x = block(values([4, 12, 12, 3], 1, 1) as tf.Tensor4D, stem, { relu: false });
  x = tf.add(block(x, plain), tf.avgPool(x, 3, 1, 'same'));
  x = block(x, strided, { stride: 2 });
  // Of zeros there are many equal ones after a ReLU.
  const pooled = tf.maxPool(tf.relu(x), 3, 1, 'same');
  x = tf.add(block(x, dilated, { pad: 2, dilation: 2 }), pooled);
  x = tf.depthwiseConv2d(x, depthwise, 1, 'same');
  const logits = tf.mean<tf.Tensor2D>(block(x, last, { pad: 0 }), [1, 2]);
  const labels = tf.tensor1d([0, 1, 2, 3], 'int32');
  return fused.softmaxCrossEntropy(logits, labels).losses.mean();
}

/** Numbers between −scale and scale that depend on nothing but `seed`. */
function values(shape: readonly number[], seed: number, scale: number): tf.Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  let state = seed;
  const next = () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return scale * (state / 1073741824 - 1);
  };
  return tf.tensor(Float32Array.from({ length: size }, next), [...shape], 'float32');
}
