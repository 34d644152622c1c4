import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cifar10 } from './cifar10.ts';
import { inspect } from './inspect.ts';
import { OFFICIAL } from './layout.ts';
import { MARKER } from './marker.ts';

const root = process.env.ARCHER_DATA ?? join(homedir(), '.cache', 'archer');
const folder = join(root, 'cifar-10');

describe.skipIf(!existsSync(join(folder, MARKER)))('the cached CIFAR-10', () => {
  it('has the published sums', async () => {
    expect(await inspect(folder, OFFICIAL)).toEqual([]);
  });

  it('has 5,000 training and 1,000 test images per class, and the stated mean and std', () => {
    const data = cifar10({ split: 'full', batch: 256, images: {}, size: 32 }, folder, OFFICIAL);
    const train = data.open('train');
    expect(countsOf(train.labels)).toEqual(Array(10).fill(5000));
    expect(countsOf(data.open('test').labels)).toEqual(Array(10).fill(1000));
    expect([...train.labels.subarray(0, 3)]).toEqual([6, 9, 9]); // frog, truck, truck

    const pixels = new Uint8Array(train.size * 3072);
    train.read(
      Int32Array.from({ length: train.size }, (_, i) => i),
      pixels,
    );
    const histogram = new Float64Array(3 * 256);
    for (let i = 0; i < pixels.length; i++) {
      const at = (i % 3) * 256 + (pixels[i] as number);
      histogram[at] = (histogram[at] as number) + 1;
    }
    for (const channel of [0, 1, 2]) {
      const { mean, std } = momentsOf(histogram.subarray(256 * channel, 256 * (channel + 1)));
      expect(mean).toBeCloseTo(data.mean[channel] ?? 0, 6);
      expect(std).toBeCloseTo(data.std[channel] ?? 0, 6);
    }
  });
});

function countsOf(labels: Int32Array): number[] {
  const counts: number[] = Array(10).fill(0);
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

/** Of bytes that occur as often as the histogram says, scaled to [0, 1]. */
function momentsOf(histogram: Float64Array): { mean: number; std: number } {
  const n = histogram.reduce((sum, count) => sum + count, 0);
  const mean = histogram.reduce((sum, count, byte) => sum + count * byte, 0) / n;
  const variance = histogram.reduce((sum, count, byte) => sum + count * (byte - mean) ** 2, 0) / n;
  return { mean: mean / 255, std: Math.sqrt(variance) / 255 };
}
