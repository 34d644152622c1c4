import tf from '#tfjs';
import { type Gaps, gapsOf, shapeWithGaps, withGaps, withoutGaps } from './filter-gaps.ts';

type Attributes = Readonly<Record<string, unknown>>;

/** The kernels of one kind of convolution: y = x ∗ W and the two halves of its gradient. */
interface Kernels {
  readonly forward: string;
  readonly input: string;
  readonly filter: string;
}

const FULL: Kernels = {
  forward: 'Conv2D',
  input: 'Conv2DBackpropInput',
  filter: 'Conv2DBackpropFilter',
};

const DEPTHWISE: Kernels = {
  forward: 'DepthwiseConv2dNative',
  input: 'DepthwiseConv2dNativeBackpropInput',
  filter: 'DepthwiseConv2dNativeBackpropFilter',
};

/** Backends whose gradient kernels take `dilations`; the others get a filter with gaps. */
const TAKES_DILATIONS: ReadonlySet<string> = new Set([
  'cpu',
  'wasm',
  'archer-native',
  'tensorflow',
]);

/**
 * Registers gradients that tfjs 4.22 refuses or lacks: those of `tf.conv2d` and
 * `tf.depthwiseConv2d` with dilations, and those of the gradients themselves, so that
 * convolutions can be differentiated any number of times. tfjs keeps gradients for all
 * backends together.
 *
 * ⟨u, x ∗ W⟩ is linear in u, x and W, and each of the three kernels is its derivative by
 * one of them. The derivative of a kernel by one of its inputs is therefore another of the
 * three, fed with the incoming gradient.
 */
export function registerConvolutionGradients(): void {
  for (const kernels of [FULL, DEPTHWISE]) registerThree(kernels);
}

function registerThree(kernels: Kernels): void {
  const { forward, input, filter } = kernels;
  register(forward, ['x', 'filter'], (dy, x, w, attrs) => ({
    x: () => inputGradient(kernels, dy, w, x.shape, attrs),
    filter: () => filterGradient(kernels, x, dy, w.shape, attrs),
  }));
  register(input, ['dy', 'filter'], (ddx, dy, w, attrs) => ({
    dy: () => run(forward, { x: ddx, filter: w }, attrs),
    filter: () => run(filter, { x: ddx, dy }, { ...attrs, filterShape: w.shape }),
  }));
  register(filter, ['x', 'dy'], (ddw, x, dy, attrs) => ({
    x: () => run(input, { dy, filter: ddw }, { ...attrs, inputShape: x.shape }),
    dy: () => run(forward, { x, filter: ddw }, attrs),
  }));
}

type Gradients = Record<string, () => tf.Tensor>;

function register(
  kernelName: string,
  inputsToSave: string[],
  gradients: (upstream: tf.Tensor, a: tf.Tensor, b: tf.Tensor, attrs: Attributes) => Gradients,
): void {
  if (tf.getGradient(kernelName)) tf.unregisterGradient(kernelName);
  tf.registerGradient({
    kernelName,
    inputsToSave,
    gradFunc: (upstream, saved, attrs) => {
      const [a, b] = saved as [tf.Tensor, tf.Tensor];
      return gradients(upstream as tf.Tensor, a, b, { dilations: [1, 1], ...attrs });
    },
  });
}

function inputGradient(
  kernels: Kernels,
  dy: tf.Tensor,
  filter: tf.Tensor,
  inputShape: number[],
  attrs: Attributes,
): tf.Tensor {
  const gaps = gapsFor(attrs);
  if (!gaps) return run(kernels.input, { dy, filter }, { ...attrs, inputShape });
  const passed = { ...attrs, dilations: [1, 1], inputShape };
  return run(kernels.input, { dy, filter: withGaps(filter, gaps) }, passed);
}

function filterGradient(
  kernels: Kernels,
  x: tf.Tensor,
  dy: tf.Tensor,
  filterShape: number[],
  attrs: Attributes,
): tf.Tensor {
  const gaps = gapsFor(attrs);
  if (!gaps) return run(kernels.filter, { x, dy }, { ...attrs, filterShape });
  const spread = shapeWithGaps(filterShape, gaps);
  const passed = { ...attrs, dilations: [1, 1], filterShape: spread };
  return withoutGaps(run(kernels.filter, { x, dy }, passed), gaps);
}

/** The dilations that the backend's kernels do not take; `undefined` when there are none. */
function gapsFor({ dilations }: Attributes): Gaps | undefined {
  if (TAKES_DILATIONS.has(tf.getBackend())) return undefined;
  return gapsOf(dilations as number | Gaps);
}

function run(kernel: string, inputs: Record<string, tf.Tensor>, attrs: Attributes): tf.Tensor {
  return tf.engine().runKernel(kernel, inputs, attrs as tf.NamedAttrMap) as tf.Tensor;
}
