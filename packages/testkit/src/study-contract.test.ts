import { definePlugin, type Plugin } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { studyChecks } from './study-contract.ts';
import { broken } from './testing/broken.ts';

let calls = 0;

const of = (mistake: string) => {
  const plugin = definePlugin({
    id: 'count',
    kind: 'study',
    summary: 'Counts incumbents, with one mistake.',
    options: z.strictObject({}),
    create: () => ({
      when: 'after',
      async begin({ search, cache }, saved) {
        let done = (saved as number | undefined) ?? 0;
        const answer = async (): Promise<number> => {
          if (mistake === 'clock') return performance.now();
          if (mistake === 'state of the module') return calls++;
          const before = Number((await cache.get('count')) ?? 0);
          if (mistake === 'counts the cache') await cache.put('count', before + 1);
          return search.incumbents().length + before;
        };
        return {
          get state() {
            return done;
          },
          get progress() {
            return { done, total: 1, unit: 'evaluation' } as const;
          },
          async step(signal) {
            signal.throwIfAborted();
            const count = await answer();
            done = 1;
            return mistake === 'no answer' ? {} : { metrics: { count } };
          },
        };
      },
    }),
  }) as unknown as Plugin;
  return broken(
    studyChecks({
      package: new URL('..', import.meta.url),
      plugins: [plugin],
      study: { use: 'count' },
    }),
  );
};

describe('studyChecks', () => {
  it('pass a study that keeps the contract', async () => {
    expect(await of('none')).toEqual([]);
  });

  it.each([
    ['clock', 'repeats bit for bit'],
    ['state of the module', 'repeats bit for bit'],
    ['no answer', 'answers with metrics or tables of numbers'],
    ['counts the cache', 'answers the same from a cache that it has filled'],
  ])('catch a study with this mistake: %s', async (mistake, check) => {
    expect(await of(mistake)).toContain(check);
  });
});
