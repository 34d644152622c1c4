import { tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';

import { mixedEnds } from './output.ts';
import { placesOf } from './skeleton.ts';

describe('the output of a cell in the supernet', () => {
  it('is the 1×1 convolution of the concatenated loose ends, with the rows of their nodes', () => {
    const [place] = placesOf({ layers: 3, channels: 2 });
    if (place === undefined) throw new Error('no cell');
    const wave = (shape: tf.Tensor4D['shape'], phase: number): tf.Tensor4D =>
      tf.tensor(
        Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
          Math.sin(7 * i + phase),
        ),
        shape,
      );
    const rows = [0, 1, 2, 3, 4].map((node) => wave([1, 1, 2, 2], node));
    const maps = [0, 1, 2, 3, 4].map((node) => wave([2, 4, 4, 2], 10 + node));
    const get = (name: string, shape: readonly number[]): tf.Tensor => {
      const [, node] = /output\.node(\d)\.weight$/.exec(name) ?? [];
      if (node !== undefined) return rows[Number(node)] as tf.Tensor;
      return name.endsWith('weight') ? tf.ones([...shape]) : tf.zeros([...shape]);
    };
    const ends = [1, 4].map((node) => ({ node, map: maps[node] as tf.Tensor4D }));
    const got = mixedEnds(ends, place, { parameters: { get }, batchNorm: 'batch' });

    const concatenated = tf.relu(tf.concat([maps[1] as tf.Tensor4D, maps[4] as tf.Tensor4D], 3));
    const kernel = tf.concat([rows[1] as tf.Tensor4D, rows[4] as tf.Tensor4D], 2);
    const mixed = tf.conv2d(concatenated, kernel, 1, 'valid');
    const { mean, variance } = tf.moments(mixed, [0, 1, 2]);
    const expected = tf.div(tf.sub(mixed, mean), tf.sqrt(tf.add(variance, 1e-5)));
    const difference = tf.max(tf.abs(tf.sub(got, expected))).dataSync()[0];
    expect(difference).toBeLessThan(1e-4);
  });
});
