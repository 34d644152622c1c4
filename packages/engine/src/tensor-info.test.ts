import { expect, it } from 'vitest';
import { tf } from './repaired.ts';
import { keepInfoOnIdentifiers } from './tensor-info.ts';

it('tfjs frees tensors that are older and younger, and those whose memory is shared', () => {
  const state = tf.engine().state as unknown as { tensorInfo: unknown };
  const current = state.tensorInfo;
  const before = tf.memory();
  state.tensorInfo = new WeakMap();
  const older = tf.tensor1d([1, 2]);
  keepInfoOnIdentifiers();
  const younger = tf.add(older, 1);
  const shared = younger.clone();
  expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers + 2);
  tf.dispose([older, younger]);
  expect([...shared.dataSync()]).toEqual([2, 3]);
  expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers + 1);
  shared.dispose();
  expect(tf.memory()).toEqual(before);
  state.tensorInfo = current;
});
