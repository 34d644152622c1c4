import tf from '#tfjs';

/** What is used of tfjs-node's backend. */
export interface TensorflowBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: Readonly<Record<AttributeType, number>> & { readonly TF_Version: string };
  executeMultipleOutputs(
    operation: string,
    attributes: readonly object[],
    inputs: readonly tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
}

type AttributeType = 'TF_ATTR_INT' | 'TF_ATTR_FLOAT' | 'TF_ATTR_BOOL' | 'TF_ATTR_STRING';

/** Attributes of a TensorFlow operation: a list is of integers, a number is a float. */
export type OperationAttributes = Readonly<
  Record<string, readonly number[] | number | boolean | string>
>;

/** A kernel made of TensorFlow's operations; what it makes on the way is disposed of. */
export interface TensorflowKernel {
  readonly name: string;
  compute(
    inputs: Readonly<Record<string, tf.Tensor>>,
    attrs: Readonly<Record<string, unknown>>,
    operation: Operation,
  ): tf.Tensor | tf.Tensor[];
}

/** Executes one operation; all of its outputs are tensors of the current scope. */
export type Operation = (
  name: string,
  inputs: readonly tf.Tensor[],
  attributes: OperationAttributes,
  outputs?: number,
) => [tf.Tensor, ...tf.Tensor[]];

/** Registers `kernel` for the backend of tfjs-node, in the place of an existing one. */
export function registerTensorflowKernel({ name, compute }: TensorflowKernel): void {
  if (tf.getKernel(name, BACKEND)) tf.unregisterKernel(name, BACKEND);
  tf.registerKernel({
    kernelName: name,
    backendName: BACKEND,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const operation = operationsOf(backend as TensorflowBackend);
      return tf.tidy(() => compute(inputs as Tensors, attrs ?? {}, operation));
    },
  });
}

/** The name under which tfjs-node registers itself, with a GPU or without. */
export const BACKEND = 'tensorflow';

type Tensors = Readonly<Record<string, tf.Tensor>>;

function operationsOf(backend: TensorflowBackend): Operation {
  return (name, inputs, attributes, outputs = 1) => {
    const typed = Object.entries(attributes).map(([name, value]) => {
      return { name, value, type: backend.binding[typeOf(value)] };
    });
    const made = backend.executeMultipleOutputs(name, typed, inputs, outputs);
    return made as [tf.Tensor, ...tf.Tensor[]];
  };
}

function typeOf(value: OperationAttributes[string]): AttributeType {
  if (typeof value === 'string') return 'TF_ATTR_STRING';
  if (typeof value === 'boolean') return 'TF_ATTR_BOOL';
  return typeof value === 'number' ? 'TF_ATTR_FLOAT' : 'TF_ATTR_INT';
}
