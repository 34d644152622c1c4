import { createStreams } from '@archer-nas/core';
import { tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';
import type { Batch } from './batches.ts';
import { cutOut } from './cut-out.ts';

const streams = createStreams(2);

function batch(size: number): Batch {
  const images = tf.ones([size, 8, 8, 2]) as tf.Tensor4D;
  const labels = new Int32Array(size);
  return { images, labels, size, dispose: () => images.dispose() };
}

describe('cutOut', () => {
  it('cuts one square around any pixel, which may reach over the border, in all channels', () => {
    const cut = cutOut(batch(300), { side: 4, probability: 1, stream: streams.stream('cut') });
    const sums = tf.tidy(() => Array.from(tf.sum(cut.images, [1, 2, 3]).dataSync()));
    const missing = new Set(sums.map((sum) => (128 - sum) / 2));
    // Sides of 2, 3 or 4 pixels are left of a square of 4 in an image of 8.
    for (const pixels of missing) expect([4, 6, 8, 9, 12, 16]).toContain(pixels);
    expect(missing.has(16)).toBe(true);
    cut.dispose();
  });

  it('takes the batch over, and leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    cutOut(batch(3), { side: 2, probability: 0.5, stream: streams.stream('x') }).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
