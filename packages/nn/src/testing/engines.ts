import { startEngine } from '@archer-nas/engine';
import { beforeAll, describe } from 'vitest';

const tensorflowStarts = await startEngine({ engine: 'tensorflow' }).then(
  () => true,
  (error: Error) => {
    if (process.env.ARCHER_TFJS_NODE) throw error;
    return false;
  },
);

/**
 * A block of tests for each engine: `js`, `wasm`, and `tensorflow` where it is installed;
 * elsewhere its tests are skipped.
 */
export function describeOnEngines(tests: (engine: string) => void): void {
  for (const engine of ['js', 'wasm', 'tensorflow']) {
    describe.skipIf(engine === 'tensorflow' && !tensorflowStarts)(`on ${engine}`, () => {
      beforeAll(async () => void (await startEngine({ engine })));
      tests(engine);
    });
  }
}
