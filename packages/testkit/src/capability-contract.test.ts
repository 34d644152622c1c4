import { ArcherError, definePlugin, type Plugin } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { samplerRowChecks } from './sampler-row.ts';
import { broken } from './testing/broken.ts';

const NAME = 'refuses a manifest that lacks what it requires, naming both sides';

/** Needs what `needs` says, as far as its declaration goes. */
function needy(requires: readonly string[]): Plugin {
  return definePlugin({
    id: 'needy',
    kind: 'sampler',
    summary: 'Needs something.',
    options: z.strictObject({}),
    requires,
    create: () => {
      throw new ArcherError('ARCHER_CAPABILITY', 'something is missing');
    },
  }) as unknown as Plugin;
}

const names = (requires: readonly string[]) =>
  samplerRowChecks({
    package: new URL('..', import.meta.url),
    plugins: [needy(requires)],
    sampler: { use: 'needy' },
  });

describe('capabilityChecks', () => {
  it('are there for what a plugin requires', () => {
    expect(names(['costs']).map(({ name }) => name)).toContain(NAME);
    expect(names(['space', 'engine']).map(({ name }) => name)).not.toContain(NAME);
  });

  it('catch a plugin that is not made even where everything is there', async () => {
    const check = names(['costs']).filter(({ name }) => name === NAME);
    expect(await broken(check)).toEqual([NAME]);
  });
});
