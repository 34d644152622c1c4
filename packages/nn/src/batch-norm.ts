import { type BatchNormInputs, type Normalised, tf } from '@archer-nas/engine';
import { type Owner, owned } from './convolution.ts';
import { fusedBatchNorm } from './fused.ts';
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
  readonly inputBias?: tf.Tensor1D;
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
  const parameters = affineParameters(forward, name, x.shape[3], affine);
  if (forward.batchNorm === 'running') {
    return normaliseRunning(x, forward, name, { ...parameters, eps, inputBias });
  }
  const kernel = fusedBatchNorm() ?? composedBatchNorm;
  const inputs = { x, ...parameters, inputBias };
  return normalised(kernel(inputs, { epsilon: eps }), forward, name, inputBias);
}

/** {@link batchNorm} of rows, [batch, channels], without scale and offset. */
export function batchNormRows(x: tf.Tensor2D, forward: Forward, name: string): tf.Tensor2D {
  const [batch, channels] = x.shape;
  return batchNorm(x.reshape([batch, 1, 1, channels]), forward, name).reshape([batch, channels]);
}

/** Learned scale and offset of an affine batch norm; neither where it is not affine. */
export function affineParameters(
  { parameters }: Forward,
  name: string,
  channels: number,
  affine: boolean,
): { readonly gamma?: tf.Tensor1D; readonly beta?: tf.Tensor1D } {
  if (!affine) return {};
  return {
    gamma: parameters.get(`${name}.weight`, [channels]) as tf.Tensor1D,
    beta: parameters.get(`${name}.bias`, [channels]) as tf.Tensor1D,
  };
}

/** Updates the running statistics, where there are any, and gives the normalised map. */
export function normalised(
  { output, mean, variance }: Normalised,
  forward: Forward,
  name: string,
  inputBias: tf.Tensor | undefined,
): tf.Tensor4D {
  if (forward.batchNorm === 'train') {
    const shifted = inputBias === undefined ? mean : tf.add<tf.Tensor1D>(mean, inputBias);
    forward.statistics?.update(name, shifted, variance, output.size / output.shape[3]);
  }
  return output;
}

function normaliseRunning(
  x: tf.Tensor4D,
  forward: Forward,
  name: string,
  options: {
    readonly gamma?: tf.Tensor1D;
    readonly beta?: tf.Tensor1D;
    readonly eps: number;
    readonly inputBias: tf.Tensor | undefined;
  },
): tf.Tensor4D {
  const { gamma, beta, eps, inputBias } = options;
  const { statistics } = forward;
  if (statistics === undefined) {
    throw new Error(`Batch norm ${name} is asked for running statistics, but there are none.`);
  }
  const { mean, variance } = statistics.get(name, x.shape[3]);
  const centre = inputBias === undefined ? mean : tf.sub<tf.Tensor1D>(mean, inputBias);
  const operands = [x, ...(gamma && beta ? [gamma, beta] : []), ...(inputBias ? [inputBias] : [])];
  // tfjs's own gradient fails without scale and offset, and computes those of the statistics.
  const y = tf.customGrad((...inputs) => {
    const save = inputs.pop() as unknown as (saved: tf.Tensor[]) => void;
    save([x, centre, variance]);
    return {
      value: tf.batchNorm(x, centre, variance, beta, gamma, eps),
      gradFunc: (dy: tf.Tensor, [input, mean, spread]: tf.Tensor[]) => {
        const inverse = tf.rsqrt(tf.add(spread as tf.Tensor, eps));
        const dx = tf.mul(dy, gamma === undefined ? inverse : tf.mul(inverse, gamma));
        const xHat = () => tf.mul(tf.sub(input as tf.Tensor, mean as tf.Tensor), inverse);
        return [
          dx,
          ...(gamma && beta ? [channelSum(tf.mul(dy, xHat())), channelSum(dy)] : []),
          ...(inputBias ? [channelSum(dx)] : []),
        ];
      },
    };
  })(...operands) as tf.Tensor4D;
  const constants = [centre, variance, ...(gamma && beta ? [gamma, beta] : [])];
  forward.trace?.record('batchNorm', [x, ...constants], y, { eps });
  return y;
}

/**
 * The engine's fused batch norm, composed of tfjs operations: one node on the tape with this
 * gradient (x̂ = (x − μ)/σ, n values per channel):
 *
 *   dx = γ/σ · (dy − Σdy/n − x̂ · Σ(dy x̂)/n),  dγ = Σ(dy x̂),  dβ = Σdy.
 */
export function composedBatchNorm(
  { x, gamma, beta, inputBias }: BatchNormInputs,
  { epsilon }: { readonly epsilon: number },
): Normalised {
  const operands = [x, ...(gamma && beta ? [gamma, beta] : []), ...(inputBias ? [inputBias] : [])];
  // Made inside of the customGrad, so that the tape keeps nothing for their gradients.
  let moments: tf.Tensor1D[] = [];
  const output = tf.customGrad((...inputs) => {
    const save = inputs.pop() as unknown as (saved: tf.Tensor[]) => void;
    const { mean, variance } = channelMoments(x);
    moments = [tf.keep(mean), tf.keep(variance)];
    const xHat = tf.batchNorm(x, mean, variance, undefined, undefined, epsilon);
    save([xHat, variance]);
    return {
      value: gamma && beta ? tf.add(tf.mul(xHat, gamma), beta) : xHat,
      gradFunc: (dy: tf.Tensor, [normal, spread]: tf.Tensor[]) => {
        const saved = [normal as tf.Tensor4D, spread as tf.Tensor1D] as const;
        const gradients = batchNormGradients(dy as tf.Tensor4D, saved, gamma, epsilon);
        return inputBias ? [...gradients, tf.zeros(inputBias.shape)] : gradients;
      },
    };
  })(...operands) as tf.Tensor4D;
  const [mean, variance] = moments.map(handOver) as [tf.Tensor1D, tf.Tensor1D];
  return { output, mean, variance };
}

/** Moves a kept tensor into the caller's tidy. */
function handOver(kept: tf.Tensor1D): tf.Tensor1D {
  const own = kept.clone();
  kept.dispose();
  return own;
}

function batchNormGradients(
  dy: tf.Tensor4D,
  [xHat, variance]: readonly [tf.Tensor4D, tf.Tensor1D],
  gamma: tf.Tensor1D | undefined,
  epsilon: number,
): tf.Tensor[] {
  const count = dy.size / dy.shape[3];
  const sum = channelSum(dy);
  const product = channelSum(tf.mul(dy, xHat));
  const inverse = tf.rsqrt(tf.add(variance, epsilon));
  const gain = gamma === undefined ? inverse : tf.mul(inverse, gamma);
  const centred = tf.sub(dy, tf.div(sum, count));
  const dx = tf.mul(tf.sub(centred, tf.mul(xHat, tf.div(product, count))), gain);
  return gamma === undefined ? [dx] : [dx, product, sum];
}

/** Mean and biased variance per channel. */
function channelMoments(x: tf.Tensor4D): { mean: tf.Tensor1D; variance: tf.Tensor1D } {
  const count = x.size / x.shape[3];
  const mean = tf.div<tf.Tensor1D>(channelSum(x), count);
  const variance = tf.div<tf.Tensor1D>(channelSum(tf.square(tf.sub(x, mean))), count);
  return { mean, variance };
}

/** Σ over batch, height and width. */
function channelSum(x: tf.Tensor): tf.Tensor1D {
  return tf.sum<tf.Tensor1D>(x, [0, 1, 2]);
}
