import type { tf } from '@archer-nas/engine';
import type { Addon } from '../addon.ts';
import type { NativeBackend } from '../backend.ts';
import { input, register } from './register.ts';
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
  backend.kernels[kernel](plan.shape, backend.values(a), backend.values(b), values);
  return info;
}
