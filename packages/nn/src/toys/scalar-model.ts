import type { DataSet } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import type { AnyBatch, Model } from '../model.ts';

/** Whatever the batch of a {@link scalarModel} is, its loss is the same. */
export const ANY_BATCH: AnyBatch = { size: 4, dispose() {} };

/** A {@link scalarModel} reads none. */
export const NO_DATA = {} as DataSet;

/** One weight w; the path with option k has the loss ½ (w − targets[k])². */
export function scalarModel(targets: readonly number[]): Model {
  return {
    sites: [{ name: 'site', decision: 0, options: targets.map((_, k) => `${k}`) }],
    parameters: [{ name: 'w', shape: [1], init: 'zeros' }],
    loss: (_, [gate], { parameters }) => {
      const target = targets[gate?.support[0] ?? -1] ?? Number.NaN;
      const w = parameters.get('w', [1]);
      const mean = tf.mul(tf.square(tf.sub(w, target)), 0.5).sum() as tf.Scalar;
      return {
        ...{ mean, perSample: tf.ones<tf.Rank.R1>([4]), score: tf.ones<tf.Rank.R1>([4]) },
        correct: tf.scalar(0),
      };
    },
  };
}
