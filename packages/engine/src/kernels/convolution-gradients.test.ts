import { beforeAll, expect, it } from 'vitest';
import { tf } from '../repaired.ts';
import { tensor } from '../testing/finite-differences.ts';
import { use } from '../testing/host-engines.ts';

beforeAll(() => use('js'));

it('gives backends without dilated gradient kernels the same gradients', async () => {
  tf.copyRegisteredKernels('cpu', 'no-dilation');
  const factory = tf.findBackendFactory('cpu');
  tf.registerBackend('no-dilation', factory);
  const x = tensor([1, 7, 6, 2], 1).arraySync();
  const w = tensor([3, 3, 2, 2], 2).arraySync();
  for (const convolve of [tf.conv2d, tf.depthwiseConv2d]) {
    const gradients = () =>
      tf
        .grads((x, w) =>
          tf.sum(tf.square(convolve(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same', 'NHWC', 2))),
        )([tf.tensor(x), tf.tensor(w)])
        .map((gradient) => Array.from(gradient.dataSync()));
    await tf.setBackend('no-dilation');
    const composed = gradients();
    await tf.setBackend('cpu');
    const direct = gradients();
    for (const k of [0, 1]) {
      const far = (direct[k] as number[]).map((v, i) => Math.abs(v - (composed[k]?.[i] as number)));
      expect(Math.max(...far)).toBeLessThan(1e-4);
      expect(composed[k]).toHaveLength(direct[k]?.length as number);
    }
  }
});
