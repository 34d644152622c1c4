import type { tf } from '@archer-nas/engine';
import { scaleBy } from './elementwise.ts';
import { picked } from './gates.ts';
import type { Forward, Gate } from './network.ts';

/** A map, and whether nothing else reads it: whoever gets it then frees it. */
export interface InputMap {
  readonly map: tf.Tensor4D;
  readonly own: boolean;
}

/**
 * An input of a node as the gate of a site of inputs lets it in: changed by `after`, times the
 * input's weight and the gate's scale. The input itself where none of these is there.
 *
 * @param option of the gate's support
 */
export function gatedInput(
  input: InputMap,
  { support, weights, scale, after }: Gate,
  option: number,
  forward: Forward,
): InputMap {
  const weight = weights && picked(weights, [support.indexOf(option)]).reshape([]);
  const changed = after === undefined ? input : replaced(input, after(option, input.map));
  return [weight, scale].reduce((x, factor) => {
    return factor === undefined ? x : replaced(x, scaleBy(x.map, factor, forward));
  }, changed);
}

/** Frees what `map` stands for, if nothing else reads it. */
function replaced({ map: before, own }: InputMap, map: tf.Tensor4D): InputMap {
  if (map === before) return { map, own };
  if (own) before.dispose();
  return { map, own: true };
}
