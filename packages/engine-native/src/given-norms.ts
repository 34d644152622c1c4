import {
  type FusedLayers,
  type GivenNorm,
  hostFused,
  type InputGradients,
  record,
  share,
  taping,
  tf,
} from '@archer-nas/engine';
import type { NativeBackend } from './backend.ts';
import { make, maybe, nativeBackend } from './kernel-tensors.ts';
import { layerPlan } from './kernels/shapes.ts';
import { normShape } from './kernels/training.ts';
import { separablePlan } from './separable-plan.ts';

type GivenLayers = Pick<
  Required<FusedLayers>,
  'reluConvBatchNormGiven' | 'separableBatchNormGiven' | 'batchNormGiven'
>;

/**
 * Layers with given statistics: one kernel forward. Backward, which few need, they are computed
 * anew from their parts.
 */
export const nativeGiven: GivenLayers = {
  reluConvBatchNormGiven(inputs, options) {
    const { x, filter, ...norm } = inputs;
    const composed = hostFused.reluConvBatchNormGiven;
    const plan = layerPlan(x.shape, filter.shape, options);
    if (plan === undefined || x.size === 0) return composed(inputs, options);
    return layer(
      inputs,
      plan.output,
      (all) => composed(all, options),
      (backend, z) => {
        backend.kernels.convBatchNormGiven(
          plan.shape,
          options.epsilon,
          options.relu,
          backend.values(x),
          backend.values(filter),
          ...valuesOf(backend, norm),
          z,
        );
      },
    );
  },

  separableBatchNormGiven(inputs, options) {
    const { x, depthwise, pointwise, ...norm } = inputs;
    const composed = hostFused.separableBatchNormGiven;
    const plan = separablePlan(x.shape, depthwise.shape, pointwise.shape, options);
    if (plan === undefined || x.size === 0) return composed(inputs, options);
    return layer(
      inputs,
      plan.output,
      (all) => composed(all, options),
      (backend, z) => {
        backend.kernels.separableGiven(
          plan.shape,
          options.epsilon,
          options.relu,
          backend.values(x),
          backend.values(depthwise),
          backend.values(pointwise),
          ...valuesOf(backend, norm),
          z,
        );
      },
    );
  },

  batchNormGiven(inputs, options) {
    const { x, ...norm } = inputs;
    const composed = hostFused.batchNormGiven;
    if (x.size === 0) return composed(inputs, options);
    return layer(
      inputs,
      x.shape,
      (all) => composed(all, options),
      (backend, z) => {
        const shape = normShape(x.shape);
        const values = backend.values(x);
        const given = valuesOf(backend, norm);
        backend.kernels.batchNormGivenAdd(shape, options.epsilon, values, ...given, z);
      },
    );
  },
};

type Maybe = Float32Array | null;

function valuesOf(
  backend: NativeBackend,
  { mean, variance, gamma, beta, addend }: GivenNorm,
): [Float32Array, Float32Array, Maybe, Maybe, Maybe] {
  const optional = [gamma, beta, addend].map((tensor) => maybe(backend, tensor));
  const [scale = null, shift = null, extra = null] = optional;
  return [backend.values(mean), backend.values(variance), scale, shift, extra];
}

function layer<Inputs extends object>(
  inputs: Inputs,
  shape: readonly number[],
  composed: (inputs: Inputs) => tf.Tensor4D,
  compute: (backend: NativeBackend, z: Float32Array) => void,
): tf.Tensor4D {
  const backend = nativeBackend();
  const z = make<tf.Tensor4D>(backend, shape);
  compute(backend, z.values);
  if (!taping()) return z.tensor;
  const given = Object.entries(inputs).filter(([, tensor]) => tensor !== undefined);
  const names = given.map(([name]) => name);
  const saved = given.map(([, tensor]) => share(tensor as tf.Tensor));
  const backward = (dz: tf.Tensor, gradients: InputGradients) => {
    const anew = () =>
      composed(Object.fromEntries(names.map((name, i) => [name, saved[i]])) as Inputs);
    const found = tf.tidy(() => gradientsWithin(anew, saved, dz));
    names.forEach((name, i) => {
      gradients.add(name, found[i] as tf.Tensor);
    });
  };
  record({ name: 'given', inputs: inputs as tf.NamedTensorMap, output: z.tensor, saved, backward });
  return z.tensor;
}

/** Gradients inside of a gradient: tfjs ends by clearing the tape, which the outer one still needs. */
function gradientsWithin(f: () => tf.Tensor, xs: tf.Tensor[], dy: tf.Tensor): tf.Tensor[] {
  const { state } = tf.engine();
  const tape = state.activeTape;
  try {
    return tf.engine().gradients(f, xs, dy).grads;
  } finally {
    state.activeTape = tape;
  }
}
