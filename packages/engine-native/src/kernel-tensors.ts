import { type InputGradients, tf } from '@archer-nas/engine';
import type { NativeBackend } from './backend.ts';

/** tfjs's current backend, where the engine `native` is current. */
export function nativeBackend(): NativeBackend {
  return tf.backend() as NativeBackend;
}

/** A new tensor of the caller's scope, and its memory for a kernel to write. */
export interface Made<T extends tf.Tensor = tf.Tensor> {
  readonly tensor: T;
  readonly values: Float32Array;
}

/** A tensor with undefined values. */
export function make<T extends tf.Tensor = tf.Tensor>(
  backend: NativeBackend,
  shape: readonly number[],
): Made<T> {
  const { info, values } = backend.allocate(shape);
  return { tensor: tf.engine().makeTensorFromTensorInfo(info, backend) as T, values };
}

/**
 * Hands a computed gradient over to the tape, or its memory back where nobody asks for it.
 *
 * @param values what `backend.buffers` have given
 */
export function leave(
  backend: NativeBackend,
  gradients: InputGradients,
  { name, shape }: { readonly name: string; readonly shape: readonly number[] },
  values: Float32Array,
): void {
  if (gradients.wants(name)) {
    const info = backend.adopt(values, shape);
    gradients.add(name, tf.engine().makeTensorFromTensorInfo(info, backend));
  } else {
    backend.buffers.give(values);
  }
}

/** A tensor of zeros. */
export function zeros(backend: NativeBackend, shape: readonly number[]): tf.Tensor {
  const { tensor, values } = make(backend, shape);
  backend.kernels.fill(values.length, 0, values);
  return tensor;
}

/** The values of an optional tensor, or null. */
export function maybe(backend: NativeBackend, tensor: tf.Tensor | undefined): Float32Array | null {
  return tensor === undefined ? null : backend.values(tensor);
}

/**
 * Gives a kernel the memory for the gradient by an input: what other layers have left, with
 * `add` true, or new memory; null where that gradient is not asked for.
 */
export function gradientInto(
  backend: NativeBackend,
  gradients: InputGradients,
  { name, shape }: { readonly name: string; readonly shape: readonly number[] },
  compute: (values: Float32Array | null, add: boolean) => void,
): void {
  const sum = gradients.sum(name);
  if (!gradients.wants(name)) {
    compute(null, false);
  } else if (sum !== undefined && backend.exclusive(sum)) {
    compute(backend.values(sum), true);
  } else {
    const { tensor, values } = make(backend, shape);
    compute(values, false);
    gradients.add(name, tensor);
  }
}
