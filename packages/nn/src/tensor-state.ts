import { ArcherError, type TensorState } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';

/** A copy of a float tensor's value, for a checkpoint. Waits for the device. */
export function tensorState(tensor: tf.Tensor): TensorState {
  return { shape: [...tensor.shape], data: new Float32Array(tensor.dataSync()) };
}

/**
 * The tensor of a saved value; the caller owns it and must keep it out of tidies.
 * @throws ArcherError `ARCHER_STATE_SHAPE` when it was saved with another shape
 */
export function restoreTensor(
  saved: TensorState,
  shape: readonly number[],
  name: string,
): tf.Tensor {
  if (saved.shape.join() !== shape.join()) {
    throw new ArcherError(
      'ARCHER_STATE_SHAPE',
      `The saved tensor ${name} has shape [${saved.shape}], expected [${shape}].`,
      { hint: 'The network has changed since the checkpoint was written.' },
    );
  }
  return tf.keep(tf.tensor(new Float32Array(saved.data), [...shape], 'float32'));
}
