import type { DataSet } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import type { AnyBatch, Model } from '@archer-nas/nn';

/** Nobody reads it. */
export const DATA = {} as DataSet;

/** A batch whose gradient is `x`, whatever the operation. */
export function batchOf(x: readonly number[]): AnyBatch {
  return { size: 1, x, dispose() {} } as AnyBatch;
}

/**
 * Operations a and b with weights w_a and w_b, and `none` without any: the loss is x · w + x · s of
 * the one that runs, s being weights outside of the operations. The gradient is x.
 */
export const linearModel: Model = {
  sites: [{ name: 'site', decision: 0, options: ['a', 'b', 'none'] }],
  parameters: [
    { name: 'a.w', shape: [2], init: 'zeros', owner: { site: 0, option: 0 } },
    { name: 'b.w', shape: [2], init: 'zeros', owner: { site: 0, option: 1 } },
    { name: 's', shape: [2], init: 'zeros' },
  ],
  loss: (batch, [gate], { parameters }) => {
    const { x } = batch as unknown as { x: number[] };
    const used = ['a.w', 'b.w', undefined][gate?.support[0] ?? 2];
    const weights = ['s', ...(used === undefined ? [] : [used])];
    const terms = weights.map((name) => tf.mul(parameters.get(name, [2]), tf.tensor1d(x)).sum());
    return {
      ...{ mean: tf.addN(terms) as tf.Scalar, correct: tf.scalar(0) },
      ...{ perSample: tf.ones<tf.Rank.R1>([1]), score: tf.ones<tf.Rank.R1>([1]) },
    };
  },
};
