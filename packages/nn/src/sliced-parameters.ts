import { tf } from '@archer-nas/engine';
import type { ParameterSource, ParameterSpec } from './network.ts';

/**
 * Parameters of narrower layers as the first rows and columns of those of the widest: what a layer
 * asks for with a smaller shape is a slice, through which gradients reach the whole.
 *
 * @param specs the widest
 */
export function slicedParameters(
  source: ParameterSource,
  specs: readonly Pick<ParameterSpec, 'name' | 'shape'>[],
): ParameterSource {
  const shapes = new Map(specs.map(({ name, shape }) => [name, shape]));
  return {
    get(name, shape) {
      const whole = shapes.get(name) ?? shape;
      const value = source.get(name, whole);
      if (whole.every((side, axis) => side === shape[axis])) return value;
      return tf.slice(
        value,
        shape.map(() => 0),
        [...shape],
      );
    },
  };
}
