import { beforeAll, expect, it } from 'vitest';
import { tf } from '../repaired.ts';
import { gradientError, tensor } from '../testing/finite-differences.ts';
import { describeOnHosts, use } from '../testing/host-engines.ts';

describeOnHosts('maximum pooling', (name) => {
  beforeAll(() => use(name));

  it.each([
    { size: 3, stride: 1, pad: 'same' as const },
    { size: 3, stride: 2, pad: 1 },
    { size: 2, stride: 2, pad: 'valid' as const },
  ])('agrees with finite differences where all is negative: %o', ({ size, stride, pad }) => {
    const pool = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, size, stride, pad);
    const x = tf.sub(tensor([2, 5, 4, 3]), 2);
    // A small step: a larger one would change which pixel is the largest.
    expect(gradientError(pool, [x], 1e-4)).toBeLessThan(0.02);
  });

  it('gives the gradient of equal pixels to the first', () => {
    const x = tf.fill([1, 2, 2, 1], -1);
    const dx = tf.grad((x) => tf.sum(tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid')))(x);
    expect(Array.from(dx.dataSync())).toEqual([1, 0, 0, 0]);
  });
});
