import { tf } from '@archer-nas/engine';
import { type Forward, RunningStatistics, sizeOf } from '@archer-nas/nn';
import { beforeAll, describe, expect, it } from 'vitest';

import { block } from './blocks.ts';
import { candidateOf } from './candidates.ts';
import { divisible, type Place, planOf, SKELETONS } from './skeletons.ts';

const KEEPS: Place = { name: 'layer1', inputs: 2, outputs: 2, stride: 1, side: 3 };
const CHANGES: Place = { name: 'layer0', inputs: 2, outputs: 4, stride: 2, side: 3 };
/** The centre of a map of two channels. */
const POINT = [...Array<number>(8).fill(0), 0.5, 0.25, ...Array<number>(8).fill(0)];

beforeAll(async () => void (await tf.setBackend('cpu')));

/** The middle of what a candidate gives with weights of one and without statistics. */
function middle(name: string, place: Place): { values: number[]; shape: number[] } {
  const statistics = new RunningStatistics();
  const forward: Forward = {
    parameters: {
      get: (key, shape) => (key.endsWith('bias') ? tf.zeros([...shape]) : tf.ones([...shape])),
    },
    batchNorm: 'running',
    statistics,
  };
  const result = tf.tidy(() => {
    const x = tf.tensor4d(POINT, [1, 3, 3, 2]);
    const y = block(name, place, { affine: true, eps: 0 }).run(x, forward);
    const at = (y.shape[1] - 1) / 2;
    const [start, size] = place.stride === 1 ? [at, 1] : [0, 1];
    const values = tf.slice(y, [0, start, start, 0], [1, size, size, y.shape[3]]).dataSync();
    return { values: Array.from(values, (v) => Math.round(v * 1e3) / 1e3), shape: y.shape };
  });
  statistics.dispose();
  return result;
}

describe('a candidate', () => {
  // x = (0.5, 0.25) in the middle, 0 around it; every weight is one.
  it.each([
    // Expanded to 6 channels of 0.75; their sum 4.5, plus x.
    ['k3_e3', [5, 4.75]],
    // Without an expansion: 0.5 + 0.25, plus x.
    ['k3_e1', [1.25, 1]],
    ['conv_k3', [1.25, 1]],
    // One middle channel of 0.75 in the middle, its 3×3 sum, 1×1.
    ['bottleneck_k3', [1.25, 1]],
    // 3×3 sums: 0.75 in every pixel of both channels; then nine times two of those, cut at 6: 6 + 6.
    ['sep_k3', [12.5, 12.25]],
    ['skip', [0.5, 0.25]],
  ])('computes what is computed by hand: %s', (name, expected) => {
    expect(middle(name, KEEPS)).toEqual({ values: expected, shape: [1, 3, 3, 2] });
  });

  it('is cut at 6 behind each but the linear convolution', () => {
    // e6 gives twelve channels of 0.75, 9 in sum: the linear convolution is not cut.
    expect(middle('k3_e6', KEEPS).values).toEqual([9.5, 9.25]);
  });

  it.each(['k5_e3', 'conv_k3', 'bottleneck_k7', 'sep_k5'])(
    'halves and widens without a shortcut: %s',
    (name) => expect(middle(name, CHANGES).shape).toEqual([1, 2, 2, 4]),
  );

  it.each([
    // 2·6 + 9·6 + 6·4, and scale and offset of 6, 6 and 4.
    ['k3_e3', 12 + 54 + 24 + 32, 12 * 9 + (54 + 24) * 4],
    ['conv_k5', 200 + 8, 200 * 4],
    // A middle of one channel.
    ['bottleneck_k3', 2 + 9 + 4 + 2 + 2 + 8, 2 * 9 + 9 * 4 + 4 * 4],
    ['sep_k3', 18 + 8 + 36 + 16 + 4 + 8 + 8 + 8, (18 + 8 + 36 + 16) * 4],
  ])('has the parameters and multiply-adds that are counted by hand: %s', (name, params, macs) => {
    const own = block(name, CHANGES, { affine: true });
    expect([sizeOf(own.parameters()), own.macs]).toEqual([params, macs]);
  });

  it('is named by kernel and expansion, and by nothing else', () => {
    expect(candidateOf('k5_e6')).toEqual({ kind: 'inverted', kernel: 5, expansion: 6 });
    for (const name of ['k4_e3', 'k3', 'conv_k9', 'sep_k3 ', 'Skip']) {
      expect(() => candidateOf(name), name).toThrow(/is no candidate/);
    }
  });
});

describe('widths', () => {
  it('are multiples of 8 that take away less than a tenth', () => {
    expect([24 * 1.4, 16 * 1.4, 40 * 0.25, 24 * 0.25, 4].map(divisible)).toEqual([
      32, 24, 16, 8, 8,
    ]);
  });

  it('widen the head, but never narrow it', () => {
    const head = (width: number) => planOf(SKELETONS.proxylessnas, width, 224).head;
    expect([0.5, 1, 1.4].map(head)).toEqual([1280, 1280, 1792]);
  });

  it('need lists of one length', () => {
    expect(() => planOf({ ...SKELETONS.fairnas, strides: [2] }, 1, 32)).toThrow(
      /channels for 6 stages, repeats for 6 and 1 strides/,
    );
  });
});
