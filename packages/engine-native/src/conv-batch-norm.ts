import {
  type ConvBatchNormInputs,
  type ConvBatchNormOptions,
  hostFused,
  type InputGradients,
  type Normalised,
  record,
  taping,
  type tf,
} from '@archer-nas/engine';
import { sizeOf } from './backend.ts';
import { Held } from './held.ts';
import { gradientInto, leave, make, maybe, nativeBackend, zeros } from './kernel-tensors.ts';
import { layerPlan, type Plan } from './kernels/shapes.ts';
import { savedLength } from './precision.ts';

/** addend + batchNorm(conv2d(relu(x), filter)) by one kernel forward and one backward. */
export function reluConvBatchNorm(
  inputs: ConvBatchNormInputs,
  options: ConvBatchNormOptions,
): Normalised {
  const { x, filter, gamma, beta, addend } = inputs;
  const plan = layerPlan(x.shape, filter.shape, options);
  if (plan === undefined) return hostFused.reluConvBatchNorm(inputs, options);
  const backend = nativeBackend();
  const channels = [filter.shape[3]];
  const recorded = taping();
  const z = make<tf.Tensor4D>(backend, plan.output);
  // Nothing on the way back: the convolution's result is normalised where it lies.
  const y = recorded
    ? backend.buffers.take(savedLength(backend.queue.addon, sizeOf(plan.output)))
    : z.values;
  const mean = make<tf.Tensor1D>(backend, channels);
  const variance = make<tf.Tensor1D>(backend, channels);
  backend.kernels.convBatchNorm(
    plan.shape,
    options.epsilon,
    options.relu,
    backend.values(x),
    backend.values(filter),
    maybe(backend, gamma),
    maybe(backend, beta),
    maybe(backend, addend),
    y,
    z.values,
    mean.values,
    variance.values,
  );
  const normal = { output: z.tensor, mean: mean.tensor, variance: variance.tensor };
  if (recorded) recordNormalised(inputs, options, plan, normal, y);
  return normal;
}

/** Records the layer; takes over `y`, the result of the convolution. */
function recordNormalised(
  inputs: ConvBatchNormInputs,
  { epsilon, relu, inputGradient = true }: ConvBatchNormOptions,
  { shape }: Plan,
  { output, mean, variance }: Normalised,
  y: Float32Array,
): void {
  const { x, filter, gamma, inputBias } = inputs;
  const backward = (dz: tf.Tensor, gradients: InputGradients) => {
    const backend = nativeBackend();
    const { kernels, buffers } = backend;
    const channels = mean.shape;
    const dw = buffers.take(filter.size);
    const dgamma = buffers.take(mean.size);
    const dbeta = buffers.take(mean.size);
    const forX = { name: inputGradient ? 'x' : '', shape: x.shape };
    gradientInto(backend, gradients, forX, (dx, add) => {
      kernels.convBatchNormGradient(
        shape,
        epsilon,
        relu,
        add,
        backend.values(dz),
        backend.values(x),
        y,
        backend.values(filter),
        maybe(backend, gamma),
        backend.values(mean),
        backend.values(variance),
        dx,
        dw,
        dgamma,
        dbeta,
      );
    });
    leave(backend, gradients, { name: 'filter', shape: filter.shape }, dw);
    leave(backend, gradients, { name: 'gamma', shape: channels }, dgamma);
    leave(backend, gradients, { name: 'beta', shape: channels }, dbeta);
    if (inputBias) gradients.add('inputBias', zeros(backend, channels));
    gradients.pass('addend');
  };
  const tensors = gamma ? [x, filter, mean, variance, gamma] : [x, filter, mean, variance];
  const saved = [new Held(nativeBackend(), tensors, [y])];
  const named = inputs as unknown as tf.NamedTensorMap;
  record({ name: 'reluConvBatchNorm', inputs: named, output, saved, backward });
}
