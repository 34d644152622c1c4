import { definePlugin, type Plugin } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { partRowChecks } from './part-row.ts';
import { broken } from './testing/broken.ts';

const counter = definePlugin({
  id: 'counter',
  kind: 'gradient',
  summary: 'Counts its steps, for tests.',
  options: z.strictObject({ by: z.int() }),
  create: (options) => options,
}) as unknown as Plugin;

/** Failed checks of a part that counts on from its state, or forgets it. */
const of = (mistake: 'none' | 'forgets') =>
  broken(
    partRowChecks({
      package: new URL('..', import.meta.url),
      plugins: [counter],
      part: { kind: 'gradient', use: 'counter', by: 2 },
      follow: (part, from, saved) => {
        let count = mistake === 'none' ? ((saved as number | undefined) ?? 0) : 0;
        return Array.from({ length: 3 - from }, () => {
          count += (part as { by: number }).by;
          return { shown: count, state: count };
        });
      },
    }),
  );

describe('partRowChecks', () => {
  it('pass a part that goes on from its state', async () => {
    expect(await of('none')).not.toContain('goes on the same when resumed after any step');
  });

  it('catch a part that forgets its state', async () => {
    expect(await of('forgets')).toContain('goes on the same when resumed after any step');
  });
});
