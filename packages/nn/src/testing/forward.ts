import type { tf } from '@archer-nas/engine';
import type { BatchNormMode, Forward, NormStatistics } from '../network.ts';

/** A forward context over a plain record of tensors. */
export function forwardWith(
  values: Readonly<Record<string, tf.Tensor>>,
  batchNorm: BatchNormMode = 'batch',
  statistics?: NormStatistics,
): Forward {
  return {
    parameters: {
      get(name, shape) {
        const value = values[name];
        if (value === undefined) throw new Error(`no parameter ${name}`);
        if (value.shape.join() !== shape.join()) throw new Error(`${name}: ${value.shape}`);
        return value;
      },
    },
    batchNorm,
    ...(statistics === undefined ? {} : { statistics }),
  };
}
