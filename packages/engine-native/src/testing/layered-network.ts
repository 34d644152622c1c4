import { type FusedKernels, gradientsOf, type LstmInputs, tf } from '@archer-nas/engine';
import { tensors } from './finite-differences.ts';
import type { Training } from './network.ts';

const SHAPES = {
  stem: [3, 3, 3, 12],
  depthwise0: [5, 5, 12, 1],
  pointwise0: [1, 1, 12, 20],
  gamma: [20],
  beta: [20],
  depthwise1: [3, 3, 20, 1],
  pointwise1: [1, 1, 20, 12],
  dilated: [3, 3, 12, 1],
  pointwise2: [1, 1, 12, 12],
  weights: [3],
  inputWeights: [12, 28],
  hiddenWeights: [7, 28],
  bias: [28],
  classifier: [7, 5],
} as const;

type Values = Record<keyof typeof SHAPES, tf.Variable>;

/**
 * A network of separable blocks, a mixture, a memory of two steps, trained by Adam with clipped
 * gradients, on tfjs's current backend; the same numbers on every engine.
 */
export function startLayeredTraining(fused: FusedKernels & LayeredKernels): Training {
  const names = Object.keys(SHAPES) as (keyof typeof SHAPES)[];
  const [images, ...starts] = tensors([20, 9, 9, 3], ...names.map((name) => [...SHAPES[name]]));
  const labels = tf.tensor1d(
    Array.from({ length: 20 }, (_, i) => i % 5),
    'int32',
  );
  const variable = (value: tf.Tensor) => {
    const made = tf.variable(value);
    value.dispose();
    return made;
  };
  const all = starts.map((start) => variable(tf.tidy(() => tf.mul(start, 0.5))));
  tf.dispose(starts);
  const values = Object.fromEntries(names.map((name, i) => [name, all[i]])) as Values;
  const moments = all.map((value) => [
    variable(tf.zeros(value.shape)),
    variable(tf.zeros(value.shape)),
  ]);
  const adam = { learningRate: 0.01, beta1: 0.5, beta2: 0.999, epsilon: 1e-8, weightDecay: 3e-4 };
  let steps = 0;
  const forward = () => loss(images as tf.Tensor4D, labels, values, fused);
  return {
    step: () =>
      tf.tidy(() => {
        steps++;
        const { value, gradients } = gradientsOf(forward, all);
        const given = gradients as tf.Tensor[];
        const norms = Array.from(fused.norms(given).dataSync());
        const norm = Math.sqrt(norms.reduce((sum, part) => sum + part * part, 0));
        const parameters = all.map((value, i) => {
          const [first, second] = moments[i] as [tf.Variable, tf.Variable];
          const gradient = tf.mul(given[i] as tf.Tensor, Math.min(1, 5 / norm));
          return { value, first, second, gradient, step: steps };
        });
        fused.adamStep(parameters, { ...adam, decoupled: false });
        return value.dataSync()[0] as number;
      }),
    bytes: () => Buffer.concat(all.map((v) => Buffer.from(v.dataSync().slice().buffer))),
    dispose: () => tf.dispose([images as tf.Tensor, labels, ...all, ...moments.flat()]),
  };
}

type LayeredKernels = Required<
  Pick<
    FusedKernels,
    | 'reluConvBatchNorm'
    | 'separableBatchNorm'
    | 'mixture'
    | 'lstmStep'
    | 'norms'
    | 'adamStep'
    | 'softmaxCrossEntropy'
  >
>;

function loss(
  images: tf.Tensor4D,
  labels: tf.Tensor1D,
  values: Values,
  fused: LayeredKernels,
): tf.Scalar {
  const filter = (name: keyof Values) => values[name] as unknown as tf.Tensor4D;
  const vector = (name: keyof Values) => values[name] as unknown as tf.Tensor1D;
  const matrix = (name: keyof Values) => values[name] as unknown as tf.Tensor2D;
  const settings = { relu: true, epsilon: 1e-5 };
  const unit = { ...settings, stride: 1, pad: 1 };
  const stem = fused.reluConvBatchNorm({ x: images, filter: filter('stem') }, unit).output;
  const wide = {
    ...{ depthwise: filter('depthwise0'), pointwise: filter('pointwise0') },
    ...{ gamma: vector('gamma'), beta: vector('beta'), stride: 1, pad: 2 },
  };
  const narrow = { depthwise: filter('depthwise1'), pointwise: filter('pointwise1') };
  const blocks = [wide, { ...narrow, stride: 1, pad: 1 }];
  const left = fused.separableBatchNorm({ x: stem, blocks, addend: stem }, settings).output;
  const dilated = { depthwise: filter('dilated'), pointwise: filter('pointwise2') };
  const spread = [{ ...dilated, stride: 1, pad: 2, dilation: 2 }];
  const right = fused.separableBatchNorm({ x: stem, blocks: spread }, settings).output;
  const mixed = fused.mixture([left, right, stem], vector('weights'));
  const x = tf.mean<tf.Tensor2D>(mixed, [1, 2]);
  const memory = {
    ...{ inputWeights: matrix('inputWeights'), hiddenWeights: matrix('hiddenWeights') },
    bias: vector('bias'),
  };
  const nothing: LstmInputs = { x, h: tf.zeros([20, 7]), c: tf.zeros([20, 7]), ...memory };
  const once = fused.lstmStep(nothing);
  const { h } = fused.lstmStep({ x, ...once, ...memory });
  const logits = tf.matMul(h, matrix('classifier')) as tf.Tensor2D;
  return tf.mean<tf.Scalar>(fused.softmaxCrossEntropy(logits, labels).losses);
}
