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
const epoch = (at: number) => ({ step: 7, epoch: at, epochs: 50, alphaFrom: 0 });
const of = (split: 'train' | 'valid', at: number) => ({ ...epoch(at), split });

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
  it('drops the whole mixed operation, skip connection and all, with the probability of the epoch', () => {
    const rows = begin().mixture(mixture, epoch(25));
    for (const row of rows) {
      expect(row.drop).toEqual({ rate: expect.closeTo(0.30612, 5), each: 'image' });
      expect(row.drops).toBeUndefined();
    }
  });

  it('drops no inputs of nodes, and keeps other modifiers’ drops of operations', () => {
    const drops = [{ rate: 0.1, each: 'value' } as const];
    const inputs: Site = { name: 'i', decision: 2, options: ['in', 'node0'], keeps: 1 };
    const part = rDarts({ p: 0.6, cutout: 0 }).begin?.({
      sites: [...sites, inputs],
      streams,
      stage: 0,
    });
    const rows = part?.mixture?.(
      [{ support: [1], drops }, { support: [0] }, { support: [0] }],
      epoch(49),
    );
    expect(rows?.[0]).toMatchObject({ drops, drop: { rate: expect.closeTo(0.6, 9) } });
    expect(rows?.[2]).toEqual({ support: [0] });
  });

  it('leaves the first epoch alone', () => {
    expect(begin().mixture(mixture, epoch(0))).toBe(mixture);
    const given = batch(2);
    expect(begin().batch(given, of('train', 0))).toBe(given);
    expect(begin({ cutout: 0 }).batch(given, of('train', 49))).toBe(given);
    given.dispose();
  });
});

describe('cutout of R-DARTS', () => {
  const cut = (split: 'train' | 'valid', options: object = {}) => {
    return begin({ cutout: 4, ...options }).batch(batch(1000), of(split, 25)) as Batch;
  };
  const shareOf = ({ images }: Batch): number => {
    const sums = tf.tidy(() => Array.from(tf.sum(images, [1, 2, 3]).dataSync()));
    return sums.filter((sum) => sum < 128).length / 1000;
  };

  it('cuts train and valid images with the probability of the epoch, the same at the same step', () => {
    const [one, other, valid] = [cut('train'), cut('train'), cut('valid')];
    for (const { images } of [one, valid])
      expect(shareOf({ images } as Batch)).toBeCloseTo(0.30612, 1);
    expect(Array.from(one.images.dataSync())).toEqual(Array.from(other.images.dataSync()));
    expect(Array.from(one.images.dataSync())).not.toEqual(Array.from(valid.images.dataSync()));
    for (const each of [one, other, valid]) each.dispose();
  });

  it('has a probability of its own where one is given', () => {
    const all = cut('train', { cutoutP: 1 }); // 25/49
    expect(Math.abs(shareOf(all) - 0.5102)).toBeLessThan(0.055); // 3.4 σ
    all.dispose();
  });
});

it('has the largest probability of the paper', () => {
  expect(options).toEqual({ p: 0.6, cutout: 16 });
});
