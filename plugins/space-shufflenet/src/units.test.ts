import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import {
  type Forward,
  lossAndGradients,
  ParameterStore,
  pathGates,
  RunningStatistics,
} from '@archer-nas/nn';
import { beforeAll, describe, expect, it } from 'vitest';

import { BLOCKS } from './architecture.ts';
import { unit } from './blocks.ts';
import plugin from './index.ts';
import { type Place, placesOf } from './skeleton.ts';
import { shuffleNetSpace } from './space.ts';

const streams = createStreams(3);
const style = { affine: true, activation: 'relu' } as const;

beforeAll(async () => void (await tf.setBackend('cpu')));

/** Runs one unit on `x`, every convolution a plain sum of what it reads and no statistics. */
function runUnit(block: (typeof BLOCKS)[number], place: Place, x: tf.Tensor4D): number[] {
  const statistics = new RunningStatistics();
  const forward: Forward = {
    parameters: {
      // Depthwise filters see their centre alone, pointwise ones sum their inputs.
      get(name, shape) {
        if (name.endsWith('bias')) return tf.zeros([...shape]);
        const [kernel = 1] = shape;
        if (!name.includes('depthwise') || shape.length === 1) return tf.ones([...shape]);
        const centre = tf.tensor(
          Array.from({ length: kernel ** 2 }, (_, at) => (at === (kernel ** 2 - 1) / 2 ? 1 : 0)),
          [kernel, kernel, 1, 1],
        );
        return tf.tile(centre, [1, 1, shape[2] ?? 1, 1]);
      },
    },
    batchNorm: 'running',
    statistics,
  };
  const values = tf.tidy(() =>
    Array.from(unit(block, place, style).run(x, forward).dataSync(), (value) => Math.round(value)),
  );
  statistics.dispose();
  return values;
}

describe('a unit', () => {
  const keeps: Place = {
    ...{ name: 'block1', inputs: 4, outputs: 4, stride: 1, projects: false, side: 1 },
  };

  it('lets channels of even number pass, and sums those of odd number (SPOS, gotcha 9)', () => {
    const x = tf.tensor4d([1, 10, 2, 20], [1, 1, 1, 4]);
    // 1 and 2 pass. 10 + 20 = 30 in both middle channels, 60 in both outputs.
    for (const block of BLOCKS.slice(0, 3)) {
      expect(runUnit(block, keeps, x), block).toEqual([1, 2, 60, 60]);
    }
    // Xception: 30, 60, then 120 in both.
    expect(runUnit('xception', keeps, x)).toEqual([1, 2, 120, 120]);
  });

  it('projects all channels where it halves the map, beside a main branch of all', () => {
    const x = tf.tensor4d([1, 10, 0, 0, 0, 0, 0, 0], [1, 2, 2, 2]);
    const place: Place = {
      ...{ name: 'block0', inputs: 2, outputs: 6, stride: 2, projects: true, side: 2 },
    };
    // Projection: 11, 11. Main: three middle channels of 11, four outputs of 33.
    expect(runUnit('shuffle_3x3', place, x)).toEqual([11, 11, 33, 33, 33, 33]);
    expect(runUnit('xception', place, x)).toEqual([11, 11, 99, 99, 99, 99]);
  });
});

describe('a toy of the space', () => {
  const toy = shuffleNetSpace({
    ...plugin.options.parse({}),
    ...{ stem: 4, channels: [8, 12], repeats: [1, 2], strides: [1, 2, 1], head: 8 },
    ...{ costs: { classes: 3, image: 8 }, supernetAffine: true },
  });
  const task = { classes: 3, image: { height: 8, width: 8, channels: 3 } };
  const images = () =>
    tf.tensor4d(
      Float32Array.from({ length: 4 * 192 }, (_, i) => Math.sin(12.9898 * (i + 1))),
      [4, 8, 8, 3],
    );

  it('gives every block its own gradients, which are those of finite differences', () => {
    const supernet = toy.supernet(task);
    const batch = { images: images(), labels: Int32Array.of(0, 1, 2, 1), size: 4, dispose() {} };
    for (const path of [
      [0, 1, 2],
      [3, 2, 3],
    ]) {
      const store = new ParameterStore(supernet.parameters, streams);
      // Lifted above zero, so that no ReLU has its kink near what it reads.
      for (const { name, shape } of supernet.parameters) {
        if (name.endsWith('norm.bias')) store.set(name, tf.fill([...shape], 6));
      }
      const gates = pathGates(path);
      const before = tf.memory().numTensors;
      const result = lossAndGradients(supernet, store, gates, batch);
      const names = supernet.parameters
        .filter(({ name, owner }) => {
          return owner && path[owner.site] === owner.option && name.endsWith('conv.weight');
        })
        .map(({ name }) => name);
      expect(names.length).toBeGreaterThan(8);
      for (const name of names.slice(0, 6)) {
        const gradient = Array.from(result.gradients.get(name)?.dataSync() ?? []);
        const at = gradient.reduce(
          (most, value, i) => (Math.abs(value) > Math.abs(gradient[most] ?? 0) ? i : most),
          0,
        );
        const lossAt = (shift: number): number => {
          const values = Float32Array.from(store.value(name).dataSync());
          values[at] = (values[at] ?? 0) + shift;
          const moved = tf.tensor(values, store.value(name).shape);
          const one = store.at(new Map([[name, moved]]), (source) =>
            lossAndGradients(supernet, source, gates, batch),
          );
          const loss = one.loss.dataSync()[0] ?? Number.NaN;
          one.dispose();
          moved.dispose();
          return loss;
        };
        const numeric = (lossAt(3e-3) - lossAt(-3e-3)) / 6e-3;
        const error = Math.abs((gradient[at] ?? Number.NaN) - numeric);
        expect(error, `${name}: ${gradient[at]}, ${numeric}`).toBeLessThan(
          Math.max(2e-3, 0.03 * Math.abs(numeric)),
        );
        expect(gradient[at], name).not.toBe(0);
      }
      result.dispose();
      expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
      store.dispose();
    }
    batch.images.dispose();
  });

  it('says which stage adds no channels, and which lists do not fit', () => {
    const skeleton = { stem: 16, channels: [16], repeats: [1], strides: [1, 1] as (1 | 2)[] };
    expect(() => placesOf({ ...skeleton, head: 8, width: 1 }, 8)).toThrow(
      /Stage 1 has 16 channels, not more than the 16/,
    );
    expect(() => placesOf({ ...skeleton, repeats: [], head: 8, width: 1 }, 8)).toThrow(
      /channels for 1 stages, repeats for 0 and 2 strides/,
    );
  });
});
