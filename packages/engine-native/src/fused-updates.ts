// biome-ignore-all lint/style/noNonNullAssertion: a list of batches has a first one
import {
  type AdamOptions,
  type AdamParameter,
  adamCoefficients,
  type CountedMoments,
  type FusedUpdates,
  hostFused,
  type Moments,
  tf,
} from '@archer-nas/engine';
import type { NativeBackend } from './backend.ts';

/** Updates and statistics of the engine `native`: one call of the addon each. */
export const nativeUpdates: Required<FusedUpdates> = {
  adamStep,
  norms,
  updateMoments(running, batch, { share, unbiased }) {
    const backend = tf.backend() as NativeBackend;
    const channels = running.mean.size;
    if ([running.variance, batch.mean, batch.variance].some(({ size }) => size !== channels)) {
      throw new Error(`Running moments of ${channels} channels meet others.`);
    }
    const moments = [running.mean, running.variance, batch.mean, batch.variance];
    const [mean, variance, newer, newerVariance] = moments.map((t) => backend.values(t)) as Four;
    return outputs(channels, backend, (to, toVariance) =>
      backend.kernels.updateMoments(
        ...([channels, share, unbiased, mean, variance] as const),
        ...([newer, newerVariance, to, toVariance] as const),
      ),
    );
  },
  poolMoments(batches: readonly CountedMoments[]): Moments {
    const backend = tf.backend() as NativeBackend;
    const channels = batches[0]!.mean.size;
    const counts = Int32Array.from(batches, ({ count }) => count);
    const means = batches.map(({ mean }) => backend.values(mean));
    const variances = batches.map(({ variance }) => backend.values(variance));
    return outputs(channels, backend, (mean, variance) =>
      backend.kernels.poolMoments(channels, counts, means, variances, mean, variance),
    );
  },
};

type Four = [Float32Array, Float32Array, Float32Array, Float32Array];

function outputs(
  channels: number,
  backend: NativeBackend,
  compute: (mean: Float32Array, variance: Float32Array) => void,
): Moments {
  const [mean, variance] = [backend.allocate([channels]), backend.allocate([channels])];
  compute(mean.values, variance.values);
  return { mean: made(mean.info, backend), variance: made(variance.info, backend) };
}

/** A tensor of the current scope. */
function made(info: tf.TensorInfo, backend: NativeBackend): tf.Tensor1D {
  return tf.engine().makeTensorFromTensorInfo(info, backend) as tf.Tensor1D;
}

function norms(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  const backend = tf.backend() as NativeBackend;
  if (tensors.length === 0) return tf.tensor1d([]);
  const result = backend.allocate([tensors.length]);
  const sizes = Int32Array.from(tensors, ({ size }) => size);
  const values = tensors.map((tensor) => backend.values(tensor));
  backend.kernels.norms(sizes, values, result.values);
  return made(result.info, backend);
}

/** In place, where nothing but the variables refers to the values; else anew. */
function adamStep(parameters: Iterable<AdamParameter>, options: AdamOptions): void {
  const backend = tf.backend() as NativeBackend;
  const { beta1, beta2, epsilon } = options;
  for (const parameter of parameters) {
    const { value, first, second, gradient, step } = parameter;
    const variables = [value, first, second];
    if (!tf.util.arraysEqual(gradient.shape, value.shape)) {
      throw new Error(`A gradient of shape [${gradient.shape}] is not for [${value.shape}].`);
    }
    const here = [...variables, gradient].every(({ dataId }) => backend.data.has(dataId));
    if (!here || !variables.every((variable) => backend.exclusive(variable))) {
      hostFused.adamStep([parameter], options);
      continue;
    }
    const { rate, root, decay, shrink } = adamCoefficients(options, step);
    const [w, m, v] = variables.map((variable) => backend.values(variable)) as Three;
    backend.kernels.adam(
      ...([w.length, rate, beta1, beta2, epsilon, root, decay, shrink] as const),
      ...([w, m, v, backend.values(gradient), w, m, v] as const),
    );
  }
}

type Three = [Float32Array, Float32Array, Float32Array];
