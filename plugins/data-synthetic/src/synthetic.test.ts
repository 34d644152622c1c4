import type { DataSet, SplitName } from '@archer-nas/core';
import { createStreams } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import plugin from './index.ts';
import { synthetic } from './synthetic.ts';

const small = { classes: 3, size: 8, channels: 3, train: 60, valid: 30, test: 30, batch: 16 };
const make = (noise: number, seed = 7): DataSet =>
  synthetic({ ...small, noise }, createStreams(seed));

function pixelsOf(data: DataSet, split: SplitName): Uint8Array[] {
  const { size } = data.open(split);
  const { height, width, channels } = data.image;
  return Array.from({ length: size }, (_, i) => {
    const into = new Uint8Array(height * width * channels);
    data.open(split).read(Int32Array.of(i), into);
    return into;
  });
}

const distance = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, byte, i) => sum + (byte - (b[i] ?? 0)) ** 2, 0);

describe('synthetic', () => {
  it('has the sizes, shapes and balanced labels that were asked for', () => {
    const data = make(0.1);
    expect(data.splits.map((name) => data.open(name).size)).toEqual([60, 30, 30]);
    expect(data.image).toEqual({ height: 8, width: 8, channels: 3 });
    const counts = [0, 0, 0];
    for (const label of data.open('train').labels) counts[label] = (counts[label] ?? 0) + 1;
    expect(counts).toEqual([20, 20, 20]);
  });

  it('repeats its bytes and hash for a seed, and only for that seed', () => {
    expect(pixelsOf(make(0.1), 'valid')).toEqual(pixelsOf(make(0.1), 'valid'));
    expect(make(0.1).hash).toBe(make(0.1).hash);
    expect(make(0.1, 8).hash).not.toBe(make(0.1).hash);
    expect(make(0.2).hash).not.toBe(make(0.1).hash);
  });

  it('gives every image of a class the same pattern, and the splits different noise', () => {
    const clean = make(0);
    const [train, test] = [pixelsOf(clean, 'train'), pixelsOf(clean, 'test')];
    expect(train[0]).toEqual(test[3]);
    expect(train[0]).not.toEqual(train[1]);
    const noisy = make(0.1);
    expect(pixelsOf(noisy, 'train')[0]).not.toEqual(pixelsOf(noisy, 'test')[0]);
  });

  it('can be learnt: the nearest training image has the right class', () => {
    const data = make(0.1);
    const train = pixelsOf(data, 'train');
    const { labels } = data.open('train');
    const right = pixelsOf(data, 'test').filter((image, i) => {
      const distances = train.map((other) => distance(image, other));
      const nearest = distances.indexOf(Math.min(...distances));
      return labels[nearest] === data.open('test').labels[i];
    });
    expect(right.length).toBe(30);
  });

  it('states the noise it was given and the mean and std of its training pixels', () => {
    const data = make(0.1);
    const clean = pixelsOf(make(0), 'train');
    const errors = pixelsOf(data, 'train').flatMap((image, i) =>
      [...image].map((byte, at) => byte - (clean[i]?.[at] ?? 0)),
    );
    const rms = Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0) / errors.length);
    expect(rms / 255).toBeGreaterThan(0.09);
    expect(rms / 255).toBeLessThan(0.105);

    const red = pixelsOf(data, 'train').flatMap((image) =>
      [...image].filter((_, i) => i % 3 === 0),
    );
    const mean = red.reduce((sum, byte) => sum + byte, 0) / red.length / 255;
    const variance = red.reduce((sum, byte) => sum + (byte / 255 - mean) ** 2, 0) / red.length;
    expect(data.mean[0]).toBeCloseTo(mean, 10);
    expect(data.std[0]).toBeCloseTo(Math.sqrt(variance), 10);
  });
});

describe('the plugin', () => {
  it('fills in its defaults and refuses options that it does not know', () => {
    expect(plugin.options.parse({})).toMatchObject({ classes: 4, size: 8, train: 256, batch: 32 });
    expect(() => plugin.options.parse({ clases: 3 })).toThrow('clases');
  });
});
