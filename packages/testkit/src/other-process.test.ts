import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkElsewhere } from './other-process.ts';

const file = fileURLToPath(new URL('testing/elsewhere-rows.ts', import.meta.url));

describe('checkElsewhere', { timeout: 120_000 }, () => {
  it('catches a plugin that depends on where it runs, and no other', async () => {
    const { traces } = await import('./testing/elsewhere-rows.ts');
    const check = (title: string) =>
      checkElsewhere(title, traces.get(title) as () => Promise<string>, file);
    await check('sampler wanderer, steady');
    for (const name of ['time zone', 'folder', 'language', 'process', 'order']) {
      await expect(check(`sampler wanderer, ${name}`), name).rejects.toThrow(
        /in another process: expected/,
      );
    }
  });
});
