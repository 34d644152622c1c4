// biome-ignore-all lint/style/noNonNullAssertion: the kernels give as many tensors as their documentation says
import type {
  BatchNormInputs,
  ConvBatchNormInputs,
  ConvBatchNormOptions,
  FusedKernels,
  Normalised,
  SgdOptions,
  SgdParameter,
} from './fused-kernels.ts';
import { tf } from './repaired.ts';

/** The fused kernels of the engines `wasm` and `js`; see `kernels/`. */
export const hostFused: Required<FusedKernels> = {
  reluConvBatchNorm,
  batchNorm: (inputs, options) => normalised(inputs, options, IDENTITY),
  softmaxCrossEntropy,
  sgdStep,
};

type Tensors = Record<string, tf.Tensor>;

/** What happens to the input before it is normalised, and the gradient of that. */
interface Before {
  /** Further differentiable inputs. */
  readonly inputs: Tensors;
  forward(x: tf.Tensor): tf.Tensor;
  /** Gradients by x and by `inputs`, which come as they were saved. */
  backward(dy: tf.Tensor, x: tf.Tensor, saved: Tensors): Tensors;
}

const IDENTITY: Before = { inputs: {}, forward: (x) => x, backward: (dy) => ({ x: dy }) };

function reluConvBatchNorm(inputs: ConvBatchNormInputs, options: ConvBatchNormOptions): Normalised {
  const { filter, ...rest } = inputs;
  return normalised(rest, options, convolutionOf(filter, options));
}

function convolutionOf(filter: tf.Tensor4D, options: ConvBatchNormOptions): Before {
  const { relu, stride, pad, dilation = 1, inputGradient = true } = options;
  const attrs = {
    strides: [stride, stride],
    pad,
    dilations: [dilation, dilation],
    dataFormat: 'NHWC',
    dimRoundingMode: 'floor',
  };
  const filterShape = filter.shape;
  return {
    inputs: { filter },
    forward: (x) => run('Conv2D', { x: relu ? tf.relu(x) : x, filter }, attrs)[0]!,
    backward: (dy, x, saved) => {
      const filter = saved.filter as tf.Tensor;
      // relu(x) is computed again rather than kept: it costs little and would double memory.
      const used = relu ? tf.relu(x) : x;
      const dw = run('Conv2DBackpropFilter', { x: used, dy }, { ...attrs, filterShape })[0]!;
      if (!inputGradient) return { x: tf.scalar(0), filter: dw };
      const inputShape = x.shape;
      const dx = run('Conv2DBackpropInput', { dy, filter }, { ...attrs, inputShape })[0]!;
      return { x: relu ? run('ArcherReluGrad', { x, dy: dx })[0]! : dx, filter: dw };
    },
  };
}

/** One entry of the tape for `before`, the normalisation and the addition together. */
function normalised(
  { x, gamma, beta, addend }: BatchNormInputs,
  { epsilon }: { readonly epsilon: number },
  before: Before,
): Normalised {
  const named = present({ x, gamma, beta, addend, ...before.inputs });
  const names = Object.keys(named);
  const statistics: tf.Tensor[] = [];
  const forward = tf.customGrad((...all) => {
    const save = all.pop() as tf.GradSaveFunc;
    const given = byName(names, all as tf.Tensor[]);
    const y = before.forward(given.x!);
    const [z, mean, variance] = run('ArcherBatchNorm', normInputs(given, y), { epsilon });
    statistics.push(tf.keep(mean!), tf.keep(variance!));
    // The gradient does not depend on beta and addend; saving them would keep them alive.
    const {
      beta: _beta,
      addend: _addend,
      ...needed
    }: Tensors = { ...given, y, mean: mean!, variance: variance! };
    save(Object.values(needed));
    // In a scope of its own: tfjs would keep what is only used on the way until the last
    // layer's gradient is known.
    const gradFunc = (dz: tf.Tensor, saved: tf.Tensor[]) =>
      tf.tidy(() => {
        const given = byName(Object.keys(needed), saved);
        const gradients = normGradients(dz, given, epsilon);
        Object.assign(gradients, before.backward(gradients.y!, given.x!, given));
        return names.map((name) => gradients[name]!);
      });
    return { value: z!, gradFunc };
  });
  const output = forward(...Object.values(named)) as tf.Tensor4D;
  const [mean, variance] = statistics.map(handOut) as [tf.Tensor1D, tf.Tensor1D];
  return { output, mean, variance };
}

function normInputs({ gamma, beta, addend }: Tensors, x: tf.Tensor): Tensors {
  return present({ x, gamma, beta, addend });
}

function normGradients(dz: tf.Tensor, given: Tensors, epsilon: number): Tensors {
  const { y, mean, variance, gamma } = given;
  const inputs = present({ dz, x: y, mean, variance, gamma });
  const [dy, dgamma, dbeta] = run('ArcherBatchNormGrad', inputs, { epsilon });
  return { y: dy!, gamma: dgamma!, beta: dbeta!, addend: dz.clone() };
}

function softmaxCrossEntropy(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
): { losses: tf.Tensor1D; errors: tf.Tensor2D } {
  const kept: tf.Tensor[] = [];
  const forward = tf.customGrad((...all) => {
    const [x, save] = all as unknown as [tf.Tensor2D, tf.GradSaveFunc];
    const [losses, errors] = run('ArcherSoftmaxCrossEntropy', { logits: x, labels });
    kept.push(tf.keep(errors!));
    save([errors!]);
    const gradFunc = (dy: tf.Tensor, [errors]: tf.Tensor[]) =>
      tf.mul(tf.expandDims(dy, 1), errors!);
    return { value: losses!, gradFunc };
  });
  const losses = forward(logits) as tf.Tensor1D;
  return { losses, errors: handOut(kept[0]!) as tf.Tensor2D };
}

function sgdStep(parameters: Iterable<SgdParameter>, options: SgdOptions): void {
  const { learningRate: rate, momentum, weightDecay: decay, nesterov } = options;
  const attrs = { rate, momentum, decay, nesterov };
  tf.tidy(() => {
    for (const { value, velocity, gradient } of parameters) {
      const [w, v] = run('ArcherSgd', present({ value, velocity, gradient }), attrs);
      value.assign(w!);
      velocity.assign(v!);
    }
  });
}

function run(kernel: string, inputs: Tensors, attrs: object = {}): tf.Tensor[] {
  const outputs = tf.engine().runKernel(kernel, inputs, attrs as tf.NamedAttrMap);
  return Array.isArray(outputs) ? outputs : [outputs as tf.Tensor];
}

function present(tensors: Record<string, tf.Tensor | undefined>): Tensors {
  const entries = Object.entries(tensors).filter(([, tensor]) => tensor !== undefined);
  return Object.fromEntries(entries) as Tensors;
}

function byName(names: readonly string[], tensors: readonly tf.Tensor[]): Tensors {
  return Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
}

/** Moves a tensor that was made inside a `customGrad` into the caller's scope. */
function handOut(kept: tf.Tensor): tf.Tensor {
  const own = kept.clone();
  kept.dispose();
  return own;
}
