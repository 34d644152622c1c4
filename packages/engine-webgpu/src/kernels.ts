import { tf } from '@archer-nas/engine';
import { fusedKernels } from './fused-kernels.ts';
import { BACKEND, type RemoteBackend } from './remote-backend.ts';
import { repairs } from './repairs.ts';

/** Tensors by the name of a kernel's input. */
export type Tensors = Readonly<Record<string, tf.Tensor>>;

/** A kernel's options. */
export type Attributes = Readonly<Record<string, unknown>>;

/** A kernel made of others; what it makes on the way is disposed of. */
export interface ComposedKernel {
  readonly name: string;
  /** @param run the kernel of that name as tfjs-backend-webgpu has it */
  compute(
    inputs: Tensors,
    attrs: Attributes,
    run: (inputs: Tensors, attrs: Attributes) => tf.Tensor,
  ): tf.Tensor | tf.Tensor[];
}

/**
 * Kernels that are not offered: the shape of what they give depends on values, or they are about
 * strings and pictures of a browser.
 */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'Complex',
  'Draw',
  'FromPixels',
  'NonMaxSuppressionV3',
  'NonMaxSuppressionV5',
  'SparseSegmentMean',
  'SparseSegmentSum',
  'StringNGrams',
]);

/** Registers the thread's kernels, and in the place of some Archer's own. */
export function registerKernels(names: readonly string[]): void {
  for (const name of names) if (!LEFT_OUT.has(name)) register(name, forwarded(name));
  for (const kernel of [...repairs, ...fusedKernels]) register(kernel.name, composed(kernel));
}

function register(kernelName: string, kernelFunc: tf.KernelFunc): void {
  if (tf.getKernel(kernelName, BACKEND)) tf.unregisterKernel(kernelName, BACKEND);
  tf.registerKernel({ kernelName, backendName: BACKEND, kernelFunc });
}

function forwarded(name: string): tf.KernelFunc {
  return ({ inputs, attrs, backend }) => (backend as RemoteBackend).run(name, inputs, attrs ?? {});
}

function composed({ name, compute }: ComposedKernel): tf.KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const run = (inputs: Tensors, attrs: Attributes): tf.Tensor => {
      const made = (backend as RemoteBackend).run(name, inputs, attrs) as tf.TensorInfo;
      return tf.engine().makeTensorFromTensorInfo(made);
    };
    return tf.tidy(() => compute(inputs as Tensors, attrs ?? {}, run));
  };
}
