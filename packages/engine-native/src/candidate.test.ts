import { tf, startEngine } from '@archer-nas/engine';
import { it, expect } from 'vitest';
it('starts', async () => {
  const e = await startEngine({ engine: 'native' });
  console.log(e.description);
  expect(tf.getBackend()).toBe('archer-native');
  const x = tf.tensor([1,2,3,4,5,6],[2,3]);
  console.log(tf.matMul(x, tf.transpose(x)).arraySync(), tf.sum(x,0).arraySync(), tf.logSoftmax(x).arraySync());
});
