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
import { composedLayers } from './host-layers.ts';
import { composedRecurrent } from './host-recurrent.ts';
import { composedUpdates } from './host-updates.ts';
import { tf } from './repaired.ts';
import { share } from './share.ts';
import { type InputGradients, record, taping, untaped } from './tape.ts';

/** The fused kernels of the engines `wasm` and `js`; see `kernels/`. */
export const hostFused = {
  ...composedLayers(batchNorm),
  ...composedRecurrent,
  ...composedUpdates,
  reluConvBatchNorm,
  batchNorm,
  softmaxCrossEntropy,
  sgdStep,
} satisfies FusedKernels;

type Tensors = Record<string, tf.Tensor>;

/** What happens to the input before it is normalised, and the gradient of that. */
interface Before {
  /** Further differentiable inputs. */
  readonly inputs: Tensors;
  forward(x: tf.Tensor): tf.Tensor;
  /** Gradients by `inputs` and, where asked for, by x; `saved` has both. */
  backward(dy: tf.Tensor, saved: Tensors, byX: boolean): Tensors;
}

const IDENTITY: Before = { inputs: {}, forward: (x) => x, backward: (dy) => ({ x: dy }) };

function batchNorm(inputs: BatchNormInputs, options: { readonly epsilon: number }): Normalised {
  return normalised(inputs, options, IDENTITY);
}

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
    backward: (dy, saved, byX) => {
      const [x, filter] = [saved.x!, saved.filter!];
      // relu(x) is computed again rather than kept: it costs little and would double memory.
      const used = relu ? tf.relu(x) : x;
      const dw = run('Conv2DBackpropFilter', { x: used, dy }, { ...attrs, filterShape })[0]!;
      if (!inputGradient || !byX) return { filter: dw };
      const inputShape = x.shape;
      const dx = run('Conv2DBackpropInput', { dy, filter }, { ...attrs, inputShape })[0]!;
      return { x: relu ? run('ArcherReluGrad', { x, dy: dx })[0]! : dx, filter: dw };
    },
  };
}

/** One entry of the tape for `before`, the normalisation and the addition together. */
function normalised(
  { x, gamma, beta, addend, inputBias }: BatchNormInputs,
  { epsilon }: { readonly epsilon: number },
  before: Before,
): Normalised {
  const recorded = taping();
  return untaped(() => {
    const y = tf.tidy(() => before.forward(x));
    const operands = present({ x: y, gamma, beta, addend });
    const [output, mean, variance] = run('ArcherBatchNorm', operands, { epsilon });
    if (recorded) {
      const inputs = { x, gamma, beta, addend, inputBias, ...before.inputs };
      const needed = present({ x, y, mean, variance, gamma, ...before.inputs });
      const names = Object.keys(needed);
      const saved = names.map((name) => share(needed[name]!));
      const backward = (dz: tf.Tensor, gradients: InputGradients) => {
        normalisedGradients(dz, byName(names, saved), epsilon, before, gradients);
        if (inputBias) gradients.add('inputBias', tf.zeros(inputBias.shape));
        gradients.pass('addend');
      };
      record({ name: 'ArcherNormalised', inputs, output: output!, saved, backward });
    }
    if (y !== x) y.dispose();
    return { output, mean, variance } as Normalised;
  });
}

function normalisedGradients(
  dz: tf.Tensor,
  saved: Tensors,
  epsilon: number,
  before: Before,
  gradients: InputGradients,
): void {
  const found = tf.tidy(() => {
    const { y, mean, variance, gamma } = saved;
    const operands = present({ dz, x: y, mean, variance, gamma });
    const [dy, dgamma, dbeta] = run('ArcherBatchNormGrad', operands, { epsilon });
    const others = before.backward(dy!, saved, gradients.wants('x'));
    return { gamma: dgamma!, beta: dbeta!, ...others } as Tensors;
  });
  for (const name in found) gradients.add(name, found[name]!);
}

function softmaxCrossEntropy(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
): { losses: tf.Tensor1D; errors: tf.Tensor2D } {
  const recorded = taping();
  return untaped(() => {
    const outputs = run('ArcherSoftmaxCrossEntropy', { logits, labels });
    const [losses, errors] = outputs as [tf.Tensor1D, tf.Tensor2D];
    if (recorded) {
      const saved = [share(errors)];
      const backward = (dy: tf.Tensor, gradients: InputGradients) => {
        gradients.add('logits', tf.mul(tf.expandDims(dy, 1), saved[0]!));
      };
      const inputs = { logits };
      record({ name: 'ArcherSoftmaxCrossEntropy', inputs, output: losses, saved, backward });
    }
    return { losses, errors };
  });
}

function sgdStep(parameters: Iterable<SgdParameter>, options: SgdOptions): void {
  const { learningRate: rate, momentum, weightDecay: decay, nesterov, scale = 1 } = options;
  const attrs = { rate, momentum, decay, nesterov };
  tf.tidy(() => {
    for (const { value, velocity, gradient } of parameters) {
      const scaled = gradient && scale !== 1 ? tf.mul(gradient, scale) : gradient;
      const [w, v] = run('ArcherSgd', present({ value, velocity, gradient: scaled }), attrs);
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
