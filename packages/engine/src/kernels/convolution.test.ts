import { beforeAll, expect, it } from 'vitest';
import { tf } from '../repaired.ts';
import { gradientError, tensor } from '../testing/finite-differences.ts';
import { describeOnHosts, HOSTS, use } from '../testing/host-engines.ts';

type Pad = 'same' | 'valid' | number;
const CASES: { size: number; stride: number; dilation: number; pad: Pad }[] = [
  { size: 1, stride: 1, dilation: 1, pad: 0 },
  { size: 1, stride: 2, dilation: 1, pad: 0 },
  { size: 3, stride: 1, dilation: 1, pad: 1 },
  { size: 3, stride: 2, dilation: 1, pad: 1 },
  { size: 3, stride: 2, dilation: 1, pad: 'same' },
  { size: 2, stride: 3, dilation: 1, pad: 'valid' },
  { size: 3, stride: 1, dilation: 2, pad: 2 },
  { size: 5, stride: 1, dilation: 2, pad: 'same' },
];

describeOnHosts('convolution', (name) => {
  beforeAll(() => use(name));

  it('computes a case by hand', () => {
    const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    const w = tf.tensor4d([1, 10, 100, 1000], [2, 2, 1, 1]);
    expect(Array.from(tf.conv2d(x, w, 1, 'valid').dataSync())).toEqual([4321]);
    // One zero row above and one zero column to the left.
    const padded = tf.conv2d(x, w, 1, [
      [0, 0],
      [1, 0],
      [1, 0],
      [0, 0],
    ]);
    expect(Array.from(padded.dataSync())).toEqual([1000, 2100, 3010, 4321]);
  });

  it.each(CASES)('agrees with finite differences: %o', ({ size, stride, dilation, pad }) => {
    const convolve = (x: tf.Tensor, w: tf.Tensor) =>
      tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad, 'NHWC', dilation);
    const inputs = [tensor([2, 6, 5, 3], 1), tensor([size, size, 3, 5], 2)];
    expect(gradientError(convolve, inputs)).toBeLessThan(2e-4);
  });

  it.each(CASES)('depthwise agrees with finite differences: %o', (given) => {
    const { size, stride, dilation, pad } = given;
    const convolve = (x: tf.Tensor, w: tf.Tensor) =>
      tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad, 'NHWC', dilation);
    for (const multiplier of [1, 2]) {
      const inputs = [tensor([2, 6, 5, 3], 1), tensor([size, size, 3, multiplier], 2)];
      expect(gradientError(convolve, inputs)).toBeLessThan(2e-4);
    }
  });

  it('can be differentiated twice', () => {
    // f = Σ (x ∗ W)²: its gradient by x, x ∗ W ∗ Wᵀ, is differentiable by x and by W.
    const gradient = (x: tf.Tensor, w: tf.Tensor) =>
      tf.grad((x) => tf.sum(tf.square(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 1))))(x);
    const inputs = [tensor([1, 3, 3, 2], 1), tensor([3, 3, 2, 2], 2)];
    expect(gradientError(gradient, inputs, 0.02)).toBeLessThan(5e-3);
    const byFilter = (x: tf.Tensor, w: tf.Tensor) =>
      tf.grad((w) => tf.sum(tf.square(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 1))))(w);
    expect(gradientError(byFilter, inputs, 0.02)).toBeLessThan(5e-3);
  });
});

it('gives the same forward values on every engine', async () => {
  const outputs: number[][] = [];
  for (const name of HOSTS) {
    await use(name);
    outputs.push(CASES.flatMap(forwardValues));
  }
  const [first, ...others] = outputs as [number[], ...number[][]];
  for (const values of others) {
    expect(values).toHaveLength(first.length);
    const far = first.map((value, i) => Math.abs(value - (values[i] as number)));
    expect(Math.max(...far)).toBeLessThan(1e-5);
  }
});

function forwardValues({ size, stride, dilation, pad }: (typeof CASES)[number]): number[] {
  const x = tensor([2, 6, 5, 3], 1);
  const w = tensor([size, size, 3, 2], 2);
  return [tf.conv2d, tf.depthwiseConv2d].flatMap((convolve) =>
    Array.from(convolve(x, w, stride, pad, 'NHWC', dilation).dataSync()),
  );
}
