import { tf } from '@archer-nas/engine';
import { afterAll, beforeAll } from 'vitest';

// Test files share a process. What one has not disposed of would keep the next from its engine.
beforeAll(() => tf.engine().startScope());
afterAll(() => {
  tf.engine().endScope();
  tf.disposeVariables();
});
