// @ts-check
import { startEngine, tf } from '@archer-nas/engine';
import { expect, it } from 'vitest';
import { recordKernels } from './kernel-times.mjs';

it('counts the kernels of its time alone, though kernels wait until a result is read', async () => {
  // The module is there on every machine.
  await startEngine({ engine: 'native-wasm', threads: 1 });
  const x = tf.fill([1000], 2);
  tf.square(x);
  const seen = await recordKernels(async () => {
    tf.sqrt(tf.square(x));
    return { ms: [3, 4] };
  });
  expect(seen).toMatchObject({ ms: 7, cycles: 2, kernels: { unary: { calls: 2 } } });
  expect(Object.keys(seen?.kernels ?? {})).toEqual(['unary']);
  expect(seen?.kernels.unary?.ms).toBeGreaterThan(0);
  // No clock is left behind, and what follows is right.
  expect(tf.square(x).dataSync()[999]).toBe(4);
  expect(seen?.kernels.unary?.calls).toBe(2);
});
