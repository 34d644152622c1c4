import { tf } from '@archer-nas/engine';
import { expect, it } from 'vitest';
import { BatchList } from './batch-list.ts';
import { toyData } from './testing/toy-network.ts';

it('frees what it has read when it was read from the middle, as after a resume', () => {
  const data = toyData();
  const before = tf.memory().numTensors;
  const list = new BatchList(data, data.open('train'), 2, 3);
  for (const batch of list.readOne(2)) expect(batch.size).toBe(2);
  expect(tf.memory().numTensors).toBeGreaterThan(before);
  list.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
