import { tf } from '@archer-nas/engine';
import { type Owner, owned } from './convolution.ts';
import type { Forward, ParameterSpec } from './network.ts';

/** Options of {@link batchNorm}. */
export interface BatchNormOptions {
  /** Learned scale `name.weight` and offset `name.bias` after normalisation. */
  readonly affine?: boolean;
  readonly eps?: number;
  /**
   * A bias per channel that belongs in front of the normalisation. Batch statistics cancel
   * it exactly, so it is then not added and its gradient is exactly zero.
   */
  readonly inputBias?: tf.Tensor;
}

/** Parameters of {@link batchNorm}: none, or `name.weight` (ones) and `name.bias` (zeros). */
export function batchNormParameters(
  name: string,
  channels: number,
  { affine = false }: Pick<BatchNormOptions, 'affine'> = {},
  owner?: Owner,
): ParameterSpec[] {
  if (!affine) return [];
  return [
    owned({ name: `${name}.weight`, shape: [channels], init: 'ones' }, owner),
    owned({ name: `${name}.bias`, shape: [channels], init: 'zeros' }, owner),
  ];
}

/**
 * Batch normalisation over batch, height and width with PyTorch's semantics: the biased
 * variance normalises. `forward.batchNorm` chooses the statistics; `train` also updates
 * `forward.statistics`, `running` reads them.
 */
export function batchNorm(
  x: tf.Tensor4D,
  forward: Forward,
  name: string,
  { affine = false, eps = 1e-5, inputBias }: BatchNormOptions = {},
): tf.Tensor4D {
  const channels = x.shape[3];
  const scale = affine ? forward.parameters.get(`${name}.weight`, [channels]) : undefined;
  const offset = affine ? forward.parameters.get(`${name}.bias`, [channels]) : undefined;
  if (forward.batchNorm === 'running') {
    return normaliseRunning(x, forward, name, { scale, offset, eps, inputBias });
  }
  return normaliseBatch(x, { scale, offset, eps, inputBias }, (mean, variance) => {
    if (forward.batchNorm !== 'train') return;
    const shifted = inputBias === undefined ? mean : tf.add<tf.Tensor1D>(mean, inputBias);
    forward.statistics?.update(name, shifted, variance, x.size / channels);
  });
}

interface Operands {
  readonly scale: tf.Tensor | undefined;
  readonly offset: tf.Tensor | undefined;
  readonly eps: number;
  readonly inputBias: tf.Tensor | undefined;
}

function normaliseRunning(
  x: tf.Tensor4D,
  forward: Forward,
  name: string,
  { scale, offset, eps, inputBias }: Operands,
): tf.Tensor4D {
  const { statistics } = forward;
  if (statistics === undefined) {
    throw new Error(`Batch norm ${name} is asked for running statistics, but there are none.`);
  }
  const { mean, variance } = statistics.get(name, x.shape[3]);
  const centre = inputBias === undefined ? mean : tf.sub<tf.Tensor1D>(mean, inputBias);
  const y = tf.batchNorm(
    x,
    centre,
    variance,
    offset as tf.Tensor1D | undefined,
    scale as tf.Tensor1D | undefined,
    eps,
  );
  const constants = [centre, variance, ...(scale && offset ? [scale, offset] : [])];
  forward.trace?.record('batchNorm', [x, ...constants], y, { eps });
  return y;
}

/**
 * Normalises with the batch's own statistics; one node on the tape with this gradient
 * (x̂ = (x − μ)/σ, n values per channel):
 *
 *   dx = γ/σ · (dy − Σdy/n − x̂ · Σ(dy x̂)/n),  dγ = Σ(dy x̂),  dβ = Σdy.
 */
function normaliseBatch(
  x: tf.Tensor4D,
  { scale, offset, eps, inputBias }: Operands,
  observe: (mean: tf.Tensor1D, variance: tf.Tensor1D) => void,
): tf.Tensor4D {
  const affine = scale !== undefined && offset !== undefined ? [scale, offset] : [];
  const operands = [x, ...affine, ...(inputBias === undefined ? [] : [inputBias])];
  return tf.customGrad((...inputs) => {
    const save = inputs.pop() as unknown as (saved: tf.Tensor[]) => void;
    const { mean, variance } = channelMoments(inputs[0] as tf.Tensor4D);
    observe(mean, variance);
    const normal = tf.batchNorm(
      inputs[0] as tf.Tensor4D,
      mean,
      variance,
      undefined,
      undefined,
      eps,
    );
    const y =
      affine.length === 0
        ? normal
        : tf.add(tf.mul(normal, scale as tf.Tensor), offset as tf.Tensor);
    save([normal, variance]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        gradients(dy as tf.Tensor4D, saved, { scale, inputBias, eps }),
    };
  })(...operands) as tf.Tensor4D;
}

function gradients(
  dy: tf.Tensor4D,
  [normal, variance]: tf.Tensor[],
  { scale, inputBias, eps }: Omit<Operands, 'offset'>,
): tf.Tensor[] {
  const xHat = normal as tf.Tensor4D;
  const count = dy.size / dy.shape[3];
  const sum = channelSum(dy);
  const product = channelSum(tf.mul(dy, xHat));
  const inverse = tf.rsqrt(tf.add(variance as tf.Tensor, eps));
  const gain = scale === undefined ? inverse : tf.mul(inverse, scale);
  const centred = tf.sub(dy, tf.div(sum, count));
  const dx = tf.mul(tf.sub(centred, tf.mul(xHat, tf.div(product, count))), gain);
  const affine = scale === undefined ? [] : [product, sum];
  return [dx, ...affine, ...(inputBias === undefined ? [] : [tf.zerosLike(inputBias)])];
}

/** Mean and biased variance per channel. */
export function channelMoments(x: tf.Tensor4D): { mean: tf.Tensor1D; variance: tf.Tensor1D } {
  const count = x.size / x.shape[3];
  const mean = tf.div<tf.Tensor1D>(channelSum(x), count);
  const variance = tf.div<tf.Tensor1D>(channelSum(tf.square(tf.sub(x, mean))), count);
  return { mean, variance };
}

/** Σ over batch, height and width. */
function channelSum(x: tf.Tensor4D): tf.Tensor1D {
  return tf.sum<tf.Tensor1D>(x, [0, 1, 2]);
}
