import { definePlugin, type Plugin } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { presetChecks } from './preset-row.ts';
import { broken } from './testing/broken.ts';

let calls = 0;

const of = (mistake: string) => {
  const plugin = definePlugin({
    id: 'short',
    kind: 'strategy',
    summary: 'Stands for another, with one mistake.',
    options: z.looseObject({ rounds: z.int().default(3) }),
    preset(options) {
      if (mistake === 'changes its options') options.rounds = 4;
      if (mistake === 'another block per call') return { use: 'toy-climb', rounds: calls++ };
      return { ...options, use: mistake === 'of itself' ? 'short' : 'toy-climb' };
    },
  }) as unknown as Plugin;
  return broken(
    presetChecks({
      package: new URL('..', import.meta.url),
      plugins: [plugin],
      preset: { kind: 'strategy', use: 'short' },
    }),
  );
};

describe('presetChecks', () => {
  it('pass a preset that keeps the contract', async () => {
    expect(await of('none')).toEqual([]);
  });

  it.each([
    ['another block per call', 'stands for the same block each time'],
    ['changes its options', 'stands for the same block each time'],
    ['of itself', 'stands for another plugin'],
  ])('catch a preset with this mistake: %s', async (mistake, check) => {
    expect(await of(mistake)).toContain(check);
  });
});
