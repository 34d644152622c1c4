import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tools/temporary-folder.ts';
import { outcome, runToys, toyFolder } from '../../tools/toy-runs.ts';
import { fileCache } from '../cache.ts';

describe('R22 a run that is started twice in one process', () => {
  it('is refused the second time, and the first is not disturbed', async () => {
    using folder = temporaryFolder();
    using alone = temporaryFolder();
    let second: Promise<unknown> | undefined;
    await runToys(folder.path, {
      onEvent({ type }) {
        if (type === 'step') second ??= runToys(folder.path).catch((error: unknown) => error);
      },
    });
    expect(await second).toMatchObject({
      ...{ code: 'ARCHER_LOCKED', exit: 7 },
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await runToys(alone.path);
    expect(outcome(toyFolder(folder.path))).toStrictEqual(outcome(toyFolder(alone.path)));
  });
});

describe('R24 two runs that share a cache', () => {
  it('while it is filled find each other’s values whole, or not at all', async () => {
    using folder = temporaryFolder();
    const answers = join(folder.path, 'answers');
    const value = { curve: Float64Array.from({ length: 5000 }, (_, i) => i / 3) };
    const fill = async (): Promise<number> => {
      const cache = fileCache(answers);
      let found = 0;
      for (let key = 0; key < 40; key++) {
        const there = await cache.get(`${key}`);
        if (there === undefined) await cache.put(`${key}`, value);
        else {
          expect(there).toStrictEqual(value);
          found++;
        }
      }
      return found;
    };
    await Promise.all([fill(), fill(), fill()]);
    expect(await fill()).toBe(40);
  });
});
