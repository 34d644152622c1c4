import { type InputGradients, type PoolOptions, record, taping, type tf } from '@archer-nas/engine';
import { gradientInto, make, maybe, nativeBackend } from './kernel-tensors.ts';
import { averagePlan } from './kernels/shapes.ts';

/** The average that divides by the pixels inside of the image, and an addition; one kernel. */
export function averagePool(
  { x, addend }: { readonly x: tf.Tensor4D; readonly addend?: tf.Tensor4D | undefined },
  options: PoolOptions,
): tf.Tensor4D {
  const backend = nativeBackend();
  const plan = averagePlan(x.shape, options);
  if (plan === undefined) {
    throw new RangeError(`No pooling of [${x.shape}] by windows of ${options.size}.`);
  }
  const y = make<tf.Tensor4D>(backend, plan.output);
  backend.kernels.averagePool(plan.shape, backend.values(x), maybe(backend, addend), y.values);
  if (taping()) {
    const { shape } = x;
    const backward = (dy: tf.Tensor, gradients: InputGradients) => {
      gradientInto(backend, gradients, { name: 'x', shape }, (dx, add) => {
        if (dx) backend.kernels.averagePoolGradient(plan.shape, add, backend.values(dy), dx);
      });
      gradients.pass('addend');
    };
    record({ name: 'averagePool', inputs: { x, addend }, output: y.tensor, saved: [], backward });
  }
  return y.tensor;
}
