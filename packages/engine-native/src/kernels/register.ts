import { tf } from '@archer-nas/engine';
import { BACKENDS, type NativeBackend } from '../backend.ts';

/** Tensors by the names that a kernel knows them by. */
export type Inputs = Readonly<Record<string, tf.TensorInfo | undefined>>;

/** Attributes of a kernel call, as its author wrote them. */
export type Attributes = Readonly<Record<string, unknown>>;

/** A kernel; `undefined` hands the call to the kernel of `cpu` with the same name. */
export type Compute = (
  inputs: Inputs,
  attrs: Attributes,
  backend: NativeBackend,
) => tf.TensorInfo | tf.TensorInfo[] | undefined;

/**
 * Puts a kernel in the place of the copied one. It sees only float32 inputs that are not
 * empty; other calls go to `cpu`.
 */
export function register(kernelName: string, compute: Compute): void {
  const cpu = tf.getKernel(kernelName, 'cpu');
  const kernelFunc: tf.KernelFunc = (call) => {
    const inputs = call.inputs as Inputs;
    const backend = call.backend as NativeBackend;
    const result = takes(inputs)
      ? compute(inputs, (call.attrs ?? {}) as Attributes, backend)
      : undefined;
    if (result !== undefined) return result;
    if (cpu === null || cpu === undefined) {
      throw new Error(`The engine native has no ${kernelName} for these inputs.`);
    }
    return cpu.kernelFunc(call);
  };
  for (const backendName of BACKENDS) {
    if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({ kernelName, backendName, kernelFunc });
  }
}

/** The input of that name; a kernel that was called without it is a mistake of the caller. */
export function input(inputs: Inputs, name: string): tf.TensorInfo {
  const tensor = inputs[name];
  if (tensor === undefined) throw new Error(`A kernel was called without its input '${name}'.`);
  return tensor;
}

/** The values of an optional input, or null. */
export function optional(
  inputs: Inputs,
  name: string,
  backend: NativeBackend,
): Float32Array | null {
  const tensor = inputs[name];
  return tensor === undefined || tensor === null ? null : backend.values(tensor);
}

function takes(inputs: Inputs): boolean {
  for (const name in inputs) {
    const tensor = inputs[name];
    if (tensor === undefined || tensor === null || name === 'labels') continue;
    if (tensor.dtype !== 'float32') return false;
    for (const side of tensor.shape) if (side === 0) return false;
  }
  return true;
}
