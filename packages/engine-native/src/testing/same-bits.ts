import type { tf } from '@archer-nas/engine';
import { expect } from 'vitest';
import type { Addon } from '../addon.ts';
import { distance } from './numbers.ts';

/** The {@link distance} of two tensors. */
export const far = (a: tf.Tensor, b: tf.Tensor): number => distance(a.dataSync(), b.dataSync());

/** Expects the same bits on every run and for every number of threads. */
export function expectSameBits(addon: Addon, run: () => readonly tf.Tensor[]): void {
  const bits = () => Buffer.concat(run().map((t) => Buffer.from(t.dataSync().slice().buffer)));
  const first = bits();
  for (const threads of [1, 2, 3, 7, 1]) {
    addon.setThreads(threads);
    expect(Buffer.compare(bits(), first), `${threads} threads`).toBe(0);
  }
}
