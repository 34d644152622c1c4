import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { type Batch, denseMixture, type Site } from '@archer-nas/nn';
import { describe, expect, it } from 'vitest';
import plugin from './index.ts';
import { rampAt, rDarts } from './r-darts.ts';

const options = plugin.options.parse({});
const streams = createStreams(2);
const names = ['none', 'skip_connect', 'nor_conv_3x3'];
const sites: Site[] = [0, 1].map((decision) => ({
  name: `e${decision}`,
  decision,
  options: names,
}));
const begin = (changes: object = {}) => {
  const part = rDarts(plugin.options.parse(changes)).begin?.({ sites, streams, stage: 0 });
  if (part?.mixture === undefined || part.batch === undefined) throw new Error('no hooks');
  return part as Required<Pick<typeof part, 'mixture' | 'batch'>>;
};
const mixture = denseMixture([0, 1].map(() => Float64Array.of(0.2, 0.3, 0.5)));
const epoch = (at: number) => ({ step: 7, epoch: at, epochs: 50 });

function batch(size: number): Batch {
  const images = tf.ones([size, 8, 8, 2]) as tf.Tensor4D;
  const labels = new Int32Array(size);
  return { images, labels, size, dispose: () => images.dispose() };
}

describe('R39 the ramp of R-DARTS', () => {
  it('is .30612 in epoch 25 of 50 for p = .6, 0 at first and p at last (check)', () => {
    expect(rampAt({ epoch: 25, epochs: 50 }, 0.6)).toBeCloseTo(0.30612, 5);
    expect(rampAt({ epoch: 0, epochs: 50 }, 0.6)).toBe(0);
    expect(rampAt({ epoch: 49, epochs: 50 }, 0.6)).toBeCloseTo(0.6, 12);
    expect(rampAt({ epoch: 0, epochs: 1 }, 0.6)).toBe(0);
  });
});

describe('drop-path of R-DARTS', () => {
  it('drops every operation but skip connections with the probability of the epoch', () => {
    const rates = begin()
      .mixture(mixture, epoch(25))[1]
      ?.drops?.map(({ rate }) => rate);
    expect(rates?.[1]).toBe(0);
    for (const at of [0, 2]) expect(rates?.[at]).toBeCloseTo(0.30612, 5);
    const all = begin({ skip: true }).mixture(mixture, epoch(49))[0]?.drops;
    for (const drop of all ?? [])
      expect(drop).toEqual({ rate: expect.closeTo(0.6, 9), each: 'image' });
  });

  it('names the operations by the support, and keeps other modifiers’ drops of skips', () => {
    const value = { rate: 0.1, each: 'value' } as const;
    const drops = [{ rate: 0, each: 'image' } as const, value];
    const rows = [{ support: [2, 1], drops }, { support: [0] }];
    const [row] = begin().mixture(rows, epoch(49));
    expect(row?.drops?.[0]?.rate).toBeCloseTo(0.6, 9);
    expect(row?.drops?.[1]).toEqual(value);
  });

  it('leaves the first epoch alone', () => {
    expect(begin().mixture(mixture, epoch(0))).toBe(mixture);
    const given = batch(2);
    expect(begin().batch(given, epoch(0))).toBe(given);
    expect(begin({ cutout: 0 }).batch(given, epoch(49))).toBe(given);
    given.dispose();
  });
});

describe('cutout of R-DARTS', () => {
  it('cuts with the probability of the epoch, the same at the same step', () => {
    const cut = () => begin({ cutout: 4 }).batch(batch(1000), epoch(25)) as Batch;
    const [one, other] = [cut(), cut()];
    const sums = tf.tidy(() => Array.from(tf.sum(one.images, [1, 2, 3]).dataSync()));
    const share = sums.filter((sum) => sum < 128).length / 1000;
    expect(Math.abs(share - 0.30612)).toBeLessThan(0.05); // 3.4 σ
    expect(Array.from(one.images.dataSync())).toEqual(Array.from(other.images.dataSync()));
    one.dispose();
    other.dispose();
  });
});

it('has the largest probability of the paper', () => {
  expect(options).toEqual({ p: 0.6, cutout: 16, skip: false });
});
