import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';
import { drawView, renderView } from './augmentation.ts';
import { batchReader } from './batches.ts';
import { toyData } from './testing/toy-network.ts';

const data = toyData();
const split = data.open('train');
const reader = batchReader(data, split);
const streams = createStreams(5);

describe('batchReader', () => {
  it('normalises pixels per channel and carries the labels', () => {
    const batch = reader.plain(Int32Array.of(4, 2));
    expect(batch.images.shape).toEqual([2, 6, 6, 3]);
    expect([...batch.labels]).toEqual([1, 2]);
    const bytes = new Uint8Array(108);
    split.read(Int32Array.of(4), bytes);
    const values = batch.images.dataSync();
    for (const at of [0, 1, 2, 50]) {
      const channel = at % 3;
      const mean = data.mean[channel] ?? 0;
      const expected = ((bytes[at] ?? 0) / 255 - mean) / (data.std[channel] ?? 1);
      expect(values[at]).toBeCloseTo(expected, 5);
    }
  });

  it('augments by epoch and position, never by image or batch', () => {
    const at = (position: number, images: number[]) => {
      const batch = reader.augmented(Int32Array.from(images), { streams, epoch: 2, position });
      return [...batch.images.dataSync()];
    };
    const pair = at(10, [1, 1]);
    expect(pair.slice(0, 108)).not.toEqual(pair.slice(108));
    expect(at(11, [1])).toEqual(pair.slice(108));
    expect(at(11, [1])).toEqual(at(11, [1]));
  });

  it('does not overwrite an earlier batch when its buffer is reused', () => {
    const first = reader.plain(Int32Array.of(0));
    const before = [...first.images.dataSync()];
    reader.plain(Int32Array.of(5));
    expect([...first.images.dataSync()]).toEqual(before);
  });
});

describe('augmentation', () => {
  it('covers all crops and both flips evenly', () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 5400; i++) {
      const { top, left, flipped } = drawView(
        { cropPadding: 1, flip: true },
        streams.stream('a', i),
        { height: 6, width: 6 },
      );
      const key = `${top} ${left} ${flipped}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(18);
    for (const count of counts.values()) expect(Math.abs(count - 300)).toBeLessThan(90);
  });

  it('shifts, flips and pads with black', () => {
    const levels = Float32Array.from({ length: 256 }, (_, byte) => byte - 7);
    const into = new Float32Array(9);
    const view = { top: 1, left: 0, flipped: true };
    const pixels = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    renderView(pixels, into, { height: 3, width: 3, channels: 1, levels, view });
    expect([...into]).toEqual([6, 5, 4, 9, 8, 7, 0, 0, 0].map((byte) => byte - 7));
  });
});

describe('cutout', () => {
  const image = { height: 6, width: 5 };
  const draw = (i: number, cutout?: number) => {
    const asked = { cropPadding: 1, flip: true, ...(cutout === undefined ? {} : { cutout }) };
    return drawView(asked, streams.stream('c', i), image);
  };

  it('has its middle at every pixel equally often, and changes no crop and no flip', () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 3000; i++) {
      const { hole, ...view } = draw(i, 4);
      expect(view).toEqual(draw(i));
      expect(hole?.side).toBe(4);
      const key = `${hole?.top} ${hole?.left}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(30);
    // 100 ± 5 standard deviations of 10; the first row and column of a hole are 2 before its middle.
    for (const count of counts.values()) expect(Math.abs(count - 100)).toBeLessThan(50);
    const tops = [...counts.keys()].map((key) => Number(key.split(' ')[0]));
    expect([Math.min(...tops), Math.max(...tops)]).toEqual([-2, 3]);
  });

  it.each([
    [{ top: 1, left: 2, side: 2 }, '11111 11001 11001 11111'],
    [{ top: -1, left: -1, side: 2 }, '01111 11111 11111 11111'],
    [{ top: 2, left: 3, side: 4 }, '11111 11111 11100 11100'],
  ])('leaves zeros, the mean, where %o meets the image', (hole, expected) => {
    const levels = new Float32Array(2 * 256).fill(1);
    const into = new Float32Array(40);
    const view = { top: 0, left: 0, flipped: false, hole };
    renderView(new Uint8Array(40), into, { height: 4, width: 5, channels: 2, levels, view });
    const rows = [0, 1, 2, 3].map((row) =>
      [0, 1, 2, 3, 4].map((column) => into[2 * (5 * row + column)]).join(''),
    );
    expect(rows.join(' ')).toBe(expected);
    expect(into.filter((_, at) => at % 2 === 0)).toEqual(into.filter((_, at) => at % 2 === 1));
  });
});

it('frees the images of a batch', () => {
  const before = tf.memory().numTensors;
  reader.plain(Int32Array.of(1)).dispose();
  expect(tf.memory().numTensors).toBe(before);
});
