import { tf } from '@archer-nas/engine';
import { describe, expect, it } from 'vitest';

import { join } from './layers.ts';

const place = { layer: 1, name: 'layer1', channels: 1, halvings: 0 };

/** A forward pass over parameters of these values. */
function forwardOf(values: Record<string, number[]>) {
  const get = (name: string, shape: readonly number[]) => tf.tensor(values[name] ?? [], [...shape]);
  return { parameters: { get }, batchNorm: 'batch' } as const;
}

const map = (...pixels: number[]): tf.Tensor4D => tf.tensor4d(pixels, [1, 2, 2, 1]);

function values(map: tf.Tensor): number[] {
  return Array.from(map.dataSync(), (value) => Number(value.toFixed(3)));
}

describe('join', () => {
  it('adds the skips to the layer, then normalises the sum', () => {
    // 1 + 10 + 4, 2 + 10 + 3, 3 + 20 + 2, 4 + 20 + 1: 15, 15, 25, 25 have mean 20, deviation 5.
    const forward = forwardOf({ 'layer1.join.norm.weight': [2], 'layer1.join.norm.bias': [7] });
    const skips = [map(10, 10, 20, 20), map(4, 3, 2, 1)];
    const y = join(map(1, 2, 3, 4), skips, place, { structure: 'searched', forward });
    expect(values(y)).toEqual([5, 5, 9, 9]);
  });

  it('concatenates the skips, the layer last, and rectifies before the 1×1 convolution', () => {
    // max(0, skip) − 2 max(0, own): −6, 2, 2, −6 have mean −2, deviation 4.
    const forward = forwardOf({
      'layer1.join.conv.weight': [1, -2],
      'layer1.join.norm.weight': [1],
      'layer1.join.norm.bias': [0],
    });
    const skip = map(0, 2, 2, -9);
    const y = join(map(3, -5, 0, 3), [skip], place, { structure: 'paper', forward });
    expect(values(y)).toEqual([-1, 1, 1, -1]);
  });

  it('gives the first layer as it is', () => {
    const own = map(1, 2, 3, 4);
    const forward = forwardOf({});
    const first = { ...place, layer: 0 };
    expect(join(own, [], first, { structure: 'searched', forward })).toBe(own);
  });
});
