import { tf } from '@archer-nas/engine';
import type { ParameterSource } from '../network.ts';
import type { ParameterStore } from '../parameter-store.ts';

/**
 * The derivative of a loss by the middle value of the parameter `name`, by central differences.
 *
 * @param lossOf makes the loss of these parameters, which is disposed
 * @param step to either side
 * @returns the place of that value, and the derivative
 */
export function numericGradient(
  store: ParameterStore,
  name: string,
  lossOf: (parameters: ParameterSource) => { readonly loss: tf.Scalar; dispose(): void },
  step: number,
): { readonly at: number; readonly numeric: number } {
  const { shape, size } = store.value(name);
  const at = Math.floor(size / 2);
  const loss = (shift: number): number => {
    const values = Float32Array.from(store.value(name).dataSync());
    values[at] = (values[at] ?? 0) + shift;
    const moved = tf.tensor(values, shape);
    const there = store.at(new Map([[name, moved]]), lossOf);
    const [value = Number.NaN] = there.loss.dataSync();
    there.dispose();
    moved.dispose();
    return value;
  };
  return { at, numeric: (loss(step) - loss(-step)) / (2 * step) };
}
