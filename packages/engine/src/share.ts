import { tf } from './repaired.ts';

/**
 * Another tensor with the same memory, which is freed when both are disposed: `tensor.clone()`
 * without its way through the kernels, and never recorded on a tape.
 */
export function share<T extends tf.Tensor>(tensor: T): T {
  const engine = tf.engine();
  const { dataId, shape, dtype } = tensor;
  const { backend } = engine.state.tensorInfo.get(dataId) as { backend: tf.KernelBackend };
  backend.incRef(dataId);
  return engine.makeTensorFromTensorInfo({ dataId, shape, dtype }, backend) as T;
}
