// biome-ignore-all lint/style/noNonNullAssertion: shapes have the axes that their documentation says
import type { tf } from '@archer-nas/engine';
import { input, optional, register } from './register.ts';

/** Registers batch norm, the loss and the update, as Archer's other engines name them. */
export function registerTraining(): void {
  registerBatchNorm();

  register('ArcherSoftmaxCrossEntropy', (inputs, _attrs, backend) => {
    const logits = input(inputs, 'logits');
    const labels = input(inputs, 'labels');
    const [samples, classes] = logits.shape as [number, number];
    const [losses, errors] = [backend.allocate([samples]), backend.allocate(logits.shape)];
    const wanted = backend.integers(labels);
    const x = backend.values(logits);
    backend.kernels.crossEntropy(samples, classes, x, wanted, losses.values, errors.values);
    return [losses.info, errors.info];
  });

  register('ArcherSgd', (inputs, attrs, backend) => {
    const value = input(inputs, 'value');
    const { rate, momentum, decay, nesterov } = attrs as {
      rate: number;
      momentum: number;
      decay: number;
      nesterov: boolean;
    };
    const [w, v] = [backend.allocate(value.shape), backend.allocate(value.shape)];
    backend.kernels.sgd(
      w.values.length,
      rate,
      momentum,
      decay,
      1,
      nesterov,
      backend.values(value),
      backend.values(input(inputs, 'velocity')),
      optional(inputs, 'gradient', backend),
      w.values,
      v.values,
    );
    return [w.info, v.info];
  });
}

function registerBatchNorm(): void {
  register('ArcherBatchNorm', (inputs, attrs, backend) => {
    const x = input(inputs, 'x');
    const shape = normShape(x.shape);
    const channels = [shape[2]!];
    const z = backend.allocate(x.shape);
    const [mean, variance] = [backend.allocate(channels), backend.allocate(channels)];
    backend.kernels.batchNorm(
      shape,
      attrs.epsilon as number,
      backend.values(x),
      optional(inputs, 'gamma', backend),
      optional(inputs, 'beta', backend),
      optional(inputs, 'addend', backend),
      z.values,
      mean.values,
      variance.values,
    );
    return [z.info, mean.info, variance.info];
  });

  register('ArcherBatchNormGrad', (inputs, attrs, backend) => {
    const x = input(inputs, 'x');
    const shape = normShape(x.shape);
    const channels = [shape[2]!];
    const dx = backend.allocate(x.shape);
    const [dgamma, dbeta] = [backend.allocate(channels), backend.allocate(channels)];
    backend.kernels.batchNormGradient(
      shape,
      attrs.epsilon as number,
      backend.values(input(inputs, 'dz')),
      backend.values(x),
      optional(inputs, 'gamma', backend),
      backend.values(input(inputs, 'mean')),
      backend.values(input(inputs, 'variance')),
      dx.values,
      dgamma.values,
      dbeta.values,
    );
    return [dx.info, dgamma.info, dbeta.info];
  });

  // tf.batchNorm with given statistics; anything but one number per channel is left to `cpu`.
  register('FusedBatchNorm', (inputs, attrs, backend) => {
    const x = input(inputs, 'x');
    const shape = normShape(x.shape);
    const perChannel = (tensor: tf.TensorInfo | undefined) =>
      tensor === undefined ||
      tensor === null ||
      (tensor.shape.length === 1 && tensor.shape[0] === shape[2]);
    if (!['mean', 'variance', 'scale', 'offset'].every((name) => perChannel(inputs[name]))) {
      return undefined;
    }
    const z = backend.allocate(x.shape);
    backend.kernels.batchNormGiven(
      shape,
      (attrs.varianceEpsilon as number | undefined) ?? 0.001,
      backend.values(x),
      optional(inputs, 'scale', backend),
      optional(inputs, 'offset', backend),
      backend.values(input(inputs, 'mean')),
      backend.values(input(inputs, 'variance')),
      z.values,
    );
    return z.info;
  });
}

/** Images, pixels of each, channels; the split into images is part of the result's bits. */
export function normShape(shape: readonly number[]): Int32Array {
  const size = shape.reduce((all, side) => all * side, 1);
  const channels = shape[shape.length - 1]!;
  const images = shape.length > 2 ? shape[0]! : 1;
  return Int32Array.of(images, size / channels / images, channels);
}
