import type { tf } from '@archer-nas/engine';
import type { Addon } from '../addon.ts';
import type { NativeBackend } from '../backend.ts';
import { savedShape } from '../precision.ts';
import { type Attributes, input, optional, register } from './register.ts';
import { convolutionPlan, type Plan } from './shapes.ts';

type Three = 'conv' | 'convInputGradient' | 'convFilterGradient';
type DepthwiseThree = 'depthwise' | 'depthwiseInputGradient' | 'depthwiseFilterGradient';

/** Registers convolutions, depthwise ones, and both halves of their gradients. */
export function registerConvolutions(): void {
  registerThree('Conv2D', false, ['conv', 'convInputGradient', 'convFilterGradient']);
  registerThree('DepthwiseConv2dNative', true, [
    'depthwise',
    'depthwiseInputGradient',
    'depthwiseFilterGradient',
  ]);
  registerFused();
}

function registerThree(
  name: string,
  depthwise: boolean,
  [forward, byInput, byFilter]: readonly (Three | DepthwiseThree)[] & { length: 3 },
): void {
  register(name, (inputs, attrs, backend) => {
    const [x, filter] = [input(inputs, 'x'), input(inputs, 'filter')];
    const plan = convolutionPlan(x.shape, filter.shape, attrs, depthwise);
    return plan && run(backend, forward as Three, plan, [x, filter], plan.output);
  });
  register(`${name}BackpropInput`, (inputs, attrs, backend) => {
    const [dy, filter] = [input(inputs, 'dy'), input(inputs, 'filter')];
    const shape = attrs.inputShape as number[];
    const plan = convolutionPlan(shape, filter.shape, attrs, depthwise);
    return plan && run(backend, byInput as Three, plan, [dy, filter], shape);
  });
  register(`${name}BackpropFilter`, (inputs, attrs, backend) => {
    const [x, dy] = [input(inputs, 'x'), input(inputs, 'dy')];
    const shape = attrs.filterShape as number[];
    const plan = convolutionPlan(x.shape, shape, attrs, depthwise);
    return plan && run(backend, byFilter as Three, plan, [x, dy], shape);
  });
}

function run(
  backend: NativeBackend,
  kernel: keyof Pick<Addon, Three | DepthwiseThree>,
  plan: Plan,
  [a, b]: readonly [tf.TensorInfo, tf.TensorInfo],
  shape: readonly number[],
): tf.TensorInfo {
  const { info, values } = backend.allocate(shape);
  backend.addon[kernel](plan.shape, backend.values(a), backend.values(b), values);
  return info;
}

/**
 * Name of the kernel addend + batchNorm(conv(relu(x))); outputs z, mean, variance, and the
 * convolution's result y for the gradient: two numbers in a float where the engine computes in
 * bf16. With the attribute `forwardOnly` there is no y: it is normalised where it lies.
 */
export const CONV_BATCH_NORM = 'ArcherConvBatchNorm';
/** Name of its gradient; outputs dw, dγ, dβ and, with the attribute `inputGradient`, dx. */
export const CONV_BATCH_NORM_GRADIENT = 'ArcherConvBatchNormGrad';

function registerFused(): void {
  register(CONV_BATCH_NORM, (inputs, attrs, backend) => {
    const [x, filter] = [input(inputs, 'x'), input(inputs, 'filter')];
    const plan = convolutionPlan(x.shape, filter.shape, attrs);
    if (!plan) return undefined;
    const channels = [filter.shape[3] as number];
    const z = backend.allocate(plan.output);
    const saved = savedShape(backend.addon, plan.output);
    const y = attrs.forwardOnly ? z : backend.allocate(saved);
    const [mean, variance] = [backend.allocate(channels), backend.allocate(channels)];
    backend.addon.convBatchNorm(
      plan.shape,
      attrs.epsilon as number,
      attrs.relu as boolean,
      backend.values(x),
      backend.values(filter),
      optional(inputs, 'gamma', backend),
      optional(inputs, 'beta', backend),
      optional(inputs, 'addend', backend),
      y.values,
      z.values,
      mean.values,
      variance.values,
    );
    return [z, mean, variance, ...(y === z ? [] : [y])].map(({ info }) => info);
  });
  register(CONV_BATCH_NORM_GRADIENT, (inputs, attrs, backend) => {
    const [x, filter] = [input(inputs, 'x'), input(inputs, 'filter')];
    const plan = convolutionPlan(x.shape, filter.shape, attrs);
    return plan && fusedGradient(inputs, attrs, backend, plan);
  });
}

function fusedGradient(
  inputs: Parameters<typeof input>[0],
  attrs: Attributes,
  backend: NativeBackend,
  plan: Plan,
): tf.TensorInfo[] {
  const values = (name: string) => backend.values(input(inputs, name));
  const filter = input(inputs, 'filter');
  const channels = [filter.shape[3] as number];
  const dw = backend.allocate(filter.shape);
  const [dgamma, dbeta] = [backend.allocate(channels), backend.allocate(channels)];
  const dx = attrs.inputGradient ? backend.allocate(input(inputs, 'x').shape) : undefined;
  backend.addon.convBatchNormGradient(
    plan.shape,
    attrs.epsilon as number,
    attrs.relu as boolean,
    values('dz'),
    values('x'),
    values('y'),
    values('filter'),
    optional(inputs, 'gamma', backend),
    values('mean'),
    values('variance'),
    dx?.values ?? null,
    dw.values,
    dgamma.values,
    dbeta.values,
  );
  return [dw.info, dgamma.info, dbeta.info, ...(dx ? [dx.info] : [])];
}
