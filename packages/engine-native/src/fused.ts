// biome-ignore-all lint/style/noNonNullAssertion: the kernels give as many tensors as their documentation says
import {
  type ConvBatchNormInputs,
  type ConvBatchNormOptions,
  type FusedKernels,
  hostFused,
  type Normalised,
  type SgdOptions,
  type SgdParameter,
  tf,
} from '@archer-nas/engine';
import type { NativeBackend } from './backend.ts';
import { CONV_BATCH_NORM, CONV_BATCH_NORM_GRADIENT } from './kernels/convolution.ts';

/** The fused kernels of the engine `native`: one pair for ReLU-convolution-batch-norm. */
export const nativeFused: Required<FusedKernels> = {
  ...hostFused,
  reluConvBatchNorm,
  sgdStep,
};

type Tensors = Record<string, tf.Tensor>;

function reluConvBatchNorm(
  { x, filter, gamma, beta, addend }: ConvBatchNormInputs,
  options: ConvBatchNormOptions,
): Normalised {
  const attrs = attributesOf(options);
  const given: Tensors = { x, filter };
  if (gamma) given.gamma = gamma;
  if (beta) given.beta = beta;
  if (addend) given.addend = addend;
  if (tf.engine().state.gradientDepth === 0) {
    const [output, mean, variance] = run(CONV_BATCH_NORM, given, { ...attrs, forwardOnly: true });
    return { output, mean, variance } as unknown as Normalised; // the kernel's first outputs
  }
  const names = Object.keys(given);
  const statistics: tf.Tensor[] = [];
  const forward = tf.customGrad((...all) => {
    const save = all.pop() as tf.GradSaveFunc;
    const [z, mean, variance, y] = run(CONV_BATCH_NORM, byName(names, all as tf.Tensor[]), attrs);
    statistics.push(tf.keep(mean!), tf.keep(variance!));
    save([x, filter, y!, mean!, variance!, ...(gamma ? [gamma] : [])]);
    const gradFunc = (dz: tf.Tensor, saved: tf.Tensor[]) => {
      const needed = byName(['x', 'filter', 'y', 'mean', 'variance', 'gamma'], saved);
      const gradients = run(CONV_BATCH_NORM_GRADIENT, { dz, ...needed }, attrs);
      const [dw, dgamma, dbeta, dx] = gradients;
      return names.map((name) => {
        if (name === 'x') return dx ?? tf.scalar(0);
        if (name === 'filter') return dw!;
        if (name === 'gamma') return dgamma!;
        return name === 'beta' ? dbeta! : dz.clone();
      });
    };
    return { value: z!, gradFunc };
  });
  const output = forward(...Object.values(given)) as tf.Tensor4D;
  const [mean, variance] = statistics.map(handOut) as [tf.Tensor1D, tf.Tensor1D];
  return { output, mean, variance };
}

function attributesOf(options: ConvBatchNormOptions): tf.NamedAttrMap {
  const { relu, stride, pad, dilation = 1, epsilon, inputGradient = true } = options;
  return {
    strides: [stride, stride],
    pad,
    dilations: [dilation, dilation],
    dimRoundingMode: 'floor',
    relu,
    epsilon,
    inputGradient,
  };
}

/** In place, where nothing but the variable refers to the values; else anew. */
function sgdStep(parameters: Iterable<SgdParameter>, options: SgdOptions): void {
  const backend = tf.backend() as NativeBackend;
  const { learningRate, momentum, weightDecay, nesterov } = options;
  for (const parameter of parameters) {
    const { value, velocity, gradient } = parameter;
    // Whatever was computed on another backend is moved here by the first kernel that reads it.
    const here = [value, velocity, gradient].every(
      (tensor) => tensor === undefined || backend.data.has(tensor.dataId),
    );
    if (!here || !backend.exclusive(value) || !backend.exclusive(velocity)) {
      hostFused.sgdStep([parameter], options);
      continue;
    }
    if (gradient && gradient.shape.join() !== value.shape.join()) {
      throw new Error(`A gradient of shape [${gradient.shape}] is not for [${value.shape}].`);
    }
    const [w, v] = [backend.values(value), backend.values(velocity)];
    const g = gradient ? backend.values(gradient) : null;
    backend.addon.sgd(w.length, learningRate, momentum, weightDecay, nesterov, w, v, g, w, v);
  }
}

function run(kernel: string, inputs: Tensors, attrs: tf.NamedAttrMap): tf.Tensor[] {
  return tf.engine().runKernel(kernel, inputs, attrs) as tf.Tensor[];
}

function byName(names: readonly string[], tensors: readonly tf.Tensor[]): Tensors {
  return Object.fromEntries(tensors.map((tensor, i) => [names[i]!, tensor]));
}

/** Moves a tensor that was made inside a `customGrad` into the caller's scope. */
function handOut(kept: tf.Tensor): tf.Tensor {
  const own = kept.clone();
  kept.dispose();
  return own;
}
