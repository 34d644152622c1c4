import { beforeAll, expect, it } from 'vitest';
import { tf } from '../repaired.ts';
import { gradientError, tensor } from '../testing/finite-differences.ts';
import { describeOnHosts, use } from '../testing/host-engines.ts';

describeOnHosts('average pooling', (name) => {
  beforeAll(() => use(name));

  it('divides a corner pixel by the pixels it shares windows with, not by the area', () => {
    const dx = tf.grad((x) => tf.sum(tf.avgPool(x as tf.Tensor4D, 3, 1, 'same')))(
      tf.ones([1, 3, 3, 1]),
    );
    // The windows hold 4, 6 or 9 pixels; the corner lies in one of 4, two of 6 and one of 9.
    const corner = 1 / 4 + 2 / 6 + 1 / 9;
    const edge = 2 / 4 + 2 / 6 + 1 / 6 + 1 / 9;
    const values = Array.from(dx.dataSync());
    expect(values[0]).toBeCloseTo(corner, 6);
    expect(values[1]).toBeCloseTo(edge, 6);
    expect(values[4]).toBeCloseTo(4 / 4 + 4 / 6 + 1 / 9, 6);
    expect(values.reduce((a, b) => a + b)).toBeCloseTo(9, 5);
  });

  it.each([
    { size: 3, stride: 1, pad: 'same' as const },
    { size: 3, stride: 2, pad: 'same' as const },
    { size: 3, stride: 1, pad: 1 },
    { size: 3, stride: 2, pad: 1 },
    { size: 2, stride: 2, pad: 'valid' as const },
  ])('agrees with finite differences: $size, stride $stride, pad $pad', ({ size, stride, pad }) => {
    const pool = (x: tf.Tensor) => tf.avgPool(x as tf.Tensor4D, size, stride, pad);
    expect(gradientError(pool, [tensor([2, 5, 4, 3])])).toBeLessThan(1e-4);
  });
});
