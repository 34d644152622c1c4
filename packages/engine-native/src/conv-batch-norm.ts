import {
  type ConvBatchNormInputs,
  type ConvBatchNormOptions,
  hostFused,
  type InputGradients,
  type Normalised,
  record,
  share,
  taping,
  type tf,
} from '@archer-nas/engine';
import { gradientInto, type Made, make, maybe, nativeBackend, zeros } from './kernel-tensors.ts';
import { convolutionPlan, type Plan } from './kernels/shapes.ts';
import { savedShape } from './precision.ts';

/** addend + batchNorm(conv2d(relu(x), filter)) by one kernel forward and one backward. */
export function reluConvBatchNorm(
  inputs: ConvBatchNormInputs,
  options: ConvBatchNormOptions,
): Normalised {
  const { x, filter, gamma, beta, addend } = inputs;
  const plan = convolutionPlan(x.shape, filter.shape, attributesOf(options));
  if (plan === undefined) return hostFused.reluConvBatchNorm(inputs, options);
  const backend = nativeBackend();
  const channels = [filter.shape[3]];
  const recorded = taping();
  const z = make<tf.Tensor4D>(backend, plan.output);
  // Nothing on the way back: the convolution's result is normalised where it lies.
  const y = recorded ? make(backend, savedShape(backend.addon, plan.output)) : z;
  const mean = make<tf.Tensor1D>(backend, channels);
  const variance = make<tf.Tensor1D>(backend, channels);
  backend.addon.convBatchNorm(
    plan.shape,
    options.epsilon,
    options.relu,
    backend.values(x),
    backend.values(filter),
    maybe(backend, gamma),
    maybe(backend, beta),
    maybe(backend, addend),
    y.values,
    z.values,
    mean.values,
    variance.values,
  );
  const normal = { output: z.tensor, mean: mean.tensor, variance: variance.tensor };
  if (recorded) recordNormalised(inputs, options, plan, normal, y.tensor);
  return normal;
}

function attributesOf({ stride, pad, dilation = 1 }: ConvBatchNormOptions) {
  const strides = [stride, stride];
  return { strides, pad, dilations: [dilation, dilation], dimRoundingMode: 'floor' };
}

/** Records the layer; takes over `y`, the result of the convolution. */
function recordNormalised(
  inputs: ConvBatchNormInputs,
  { epsilon, relu, inputGradient = true }: ConvBatchNormOptions,
  { shape }: Plan,
  { output, mean, variance }: Normalised,
  y: tf.Tensor,
): void {
  const { x, filter, gamma, inputBias } = inputs;
  const saved = [share(x), y, share(filter), share(mean), share(variance)] as const;
  const scale = gamma && share(gamma);
  const forX = { name: inputGradient ? 'x' : '', shape: x.shape };
  const filterShape = filter.shape;
  const channels = mean.shape;
  const backward = (dz: tf.Tensor, gradients: InputGradients) => {
    const backend = nativeBackend();
    const { addon } = backend;
    const [x, y, w, mean, variance] = saved.map((tensor) => backend.values(tensor)) as Five;
    const [dw, dgamma, dbeta] = [filterShape, channels, channels].map((shape) =>
      make(backend, shape),
    ) as [Made, Made, Made];
    const given = [backend.values(dz), x, y, w, maybe(backend, scale), mean, variance] as const;
    const others = [dw.values, dgamma.values, dbeta.values] as const;
    gradientInto(backend, gradients, forX, (dx, add) => {
      addon.convBatchNormGradient(shape, epsilon, relu, add, ...given, dx, ...others);
    });
    gradients.add('filter', dw.tensor);
    gradients.add('gamma', dgamma.tensor);
    gradients.add('beta', dbeta.tensor);
    if (inputBias) gradients.add('inputBias', zeros(backend, channels));
    gradients.pass('addend');
  };
  const all = scale === undefined ? saved : [...saved, scale];
  record({ name: 'reluConvBatchNorm', inputs: { ...inputs }, output, saved: all, backward });
}

type Five = [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
