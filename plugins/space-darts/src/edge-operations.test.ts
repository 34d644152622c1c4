import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { type Forward, ParameterStore } from '@archer-nas/nn';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { Candidate } from './candidates.ts';
import { type LayerStyle, operation, operationParameters } from './edge-operations.ts';
import { OPERATIONS } from './genotype.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const place = (stride: 1 | 2) => ({ name: 'cell0.edge0', channels: 4, stride });

function run(
  op: Candidate,
  x: tf.Tensor4D,
  stride: 1 | 2,
  style: LayerStyle = 'search',
  more: Partial<Forward> = {},
) {
  const parameters = operationParameters(op, place(stride), style);
  const store = new ParameterStore(parameters, createStreams(1));
  const forward: Forward = { parameters: store, batchNorm: 'batch', ...more };
  const y = operation(op, place(stride), style, forward)(x);
  store.dispose();
  return y;
}

const waves = (): tf.Tensor4D =>
  tf.tensor4d(
    Float32Array.from({ length: 512 }, (_, i) => Math.sin(12.9898 * i)),
    [2, 8, 8, 4],
  );

describe('operations', () => {
  it.each(OPERATIONS)('%s keeps channels, and the size or half of it (check 4)', (op) => {
    for (const style of ['search', 'trained'] as const) {
      expect(run(op, waves(), 1, style)?.shape).toEqual([2, 8, 8, 4]);
      expect(run(op, waves(), 2, style)?.shape).toEqual([2, 4, 4, 4]);
    }
  });

  it('gives nothing for none, and the map itself for a skip that does not halve', () => {
    const x = waves();
    expect(run('none', x, 1)).toBeUndefined();
    expect(run('none', x, 2)).toBeUndefined();
    expect(run('skip_connect', x, 1)).toBe(x);
  });

  it('drops images under drop-path, but never those of an identity', () => {
    const streams = createStreams(2);
    const drop = { dropPath: 0.5, draws: (name: string) => streams.stream(name) };
    const dropped = (op: Candidate, stride: 1 | 2): number => {
      const x = tf.tile(waves(), [32, 1, 1, 1]);
      const y = run(op, x, stride, 'trained', drop) as tf.Tensor4D;
      if (y === x) return -1;
      const images = tf.max(tf.abs(y), [1, 2, 3]).dataSync();
      return images.filter((most) => most === 0).length;
    };
    expect(dropped('skip_connect', 1)).toBe(-1);
    for (const op of OPERATIONS) {
      // Of 64, with 4 standard deviations of 4.
      if (op !== 'skip_connect') expect(Math.abs(dropped(op, 1) - 32), op).toBeLessThan(16);
      expect(Math.abs(dropped(op, 2) - 32), op).toBeLessThan(16);
    }
  });

  it.each([1, 2] as const)(
    'averages ones to ones, also at the border; stride %i (check 4)',
    (s) => {
      const y = run('avg_pool_3x3', tf.ones([1, 8, 8, 4]), s, 'trained');
      expect(y?.dataSync().every((value) => Math.abs(value - 1) < 1e-6)).toBe(true);
    },
  );

  it.each(['max_pool_3x3', 'avg_pool_3x3'] as const)('%s is normalised in search only', (op) => {
    const meanOf = (y: tf.Tensor | undefined) => tf.mean(y as tf.Tensor).dataSync()[0] as number;
    const x = tf.add<tf.Tensor4D>(waves(), 3);
    expect(meanOf(run(op, x, 1))).toBeCloseTo(0, 5);
    expect(meanOf(run(op, x, 1, 'trained'))).toBeGreaterThan(2);
  });

  it.each([
    ['sep_conv_3x3', 2],
    ['sep_conv_5x5', 4],
    ['dil_conv_3x3', 2],
    ['dil_conv_5x5', 4],
  ] as const)('%s sees %i pixels to each side', (op, reach) => {
    // The gradient of the middle pixel alone: where it is not zero, the pixel is seen. Statistics
    // that are given keep the pixels apart.
    const parameters = operationParameters(op, place(1), 'search');
    const store = new ParameterStore(parameters, createStreams(1));
    const statistics = {
      get: (_: string, channels: number) => ({
        mean: tf.zeros([channels]) as tf.Tensor1D,
        variance: tf.ones([channels]) as tf.Tensor1D,
      }),
      update: () => {},
    };
    const forward: Forward = { parameters: store, batchNorm: 'running', statistics };
    const middle = (x: tf.Tensor): tf.Scalar => {
      const y = operation(op, place(1), 'search', forward)(x as tf.Tensor4D) as tf.Tensor4D;
      return tf.sum(tf.slice(y, [0, 8, 8, 0], [1, 1, 1, 4]));
    };
    const seen = tf.grad(middle)(
      tf.add(tf.abs(tf.randomUniform([1, 17, 17, 4], 0, 1, 'float32', 3)), 1),
    );
    const rows = tf.sum(tf.abs(seen), [0, 2, 3]).dataSync();
    const places = Array.from(rows).flatMap((value, row) => (value > 1e-9 ? [row] : []));
    expect([places[0], places.at(-1)]).toEqual([8 - reach, 8 + reach]);
    // A dilated kernel leaves every other pixel out.
    expect(places).toHaveLength(op.startsWith('dil') ? reach + 1 : 2 * reach + 1);
    store.dispose();
  });
});
