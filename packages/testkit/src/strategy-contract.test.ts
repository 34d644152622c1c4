import { definePlugin, type Plugin, type Search } from '@archer-nas/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { strategyChecks } from './strategy-contract.ts';
import { type Bits, toyBits } from './toy-bits.ts';

/** Samples four architectures; `rounds` counts outside of State, for all searches together. */
let rounds = 0;

const forgetful = definePlugin({
  id: 'forgetful',
  kind: 'strategy',
  summary: 'Keeps its best architecture outside of State.',
  options: z.strictObject({ provides: z.boolean().default(true) }),
  provides: ['view:scores'],
  create: (_, { space }) => ({
    async begin({ streams }, saved): Promise<Search<Bits>> {
      let done = saved === undefined ? 0 : (saved as { done: number }).done;
      let best: Bits = [2, 2];
      return {
        get state() {
          return { done };
        },
        get progress() {
          return { done, total: 4, unit: 'round' } as const;
        },
        views: {},
        incumbents: () => [
          { proposal: { id: 'best', architecture: best }, metrics: {}, cost: {}, status: 'final' },
        ],
        async step() {
          rounds += 1;
          if (done === 1) best = space.sample(streams.stream('forgetful', rounds));
          done += 1;
          return {};
        },
        result: async () => ({ best: [], metrics: {} }),
      };
    },
  }),
});

describe('strategyChecks', () => {
  const subject = {
    package: new URL('..', import.meta.url),
    plugins: [toyBits, forgetful] as unknown as Plugin[],
    space: { use: 'toy-bits', bits: 20 },
    strategy: { use: 'forgetful' },
  };

  it.each([
    'repeats bit for bit',
    'ends the same when resumed after any step',
    'ends with incumbents of its space',
    'has the views that it provides',
  ])('catch a strategy of which is not true: %s', async (name) => {
    const check = strategyChecks(subject).find((candidate) => candidate.name === name);
    await expect(async () => check?.run()).rejects.toThrow();
  });

  it('name the plugin that a subject forgot', async () => {
    const [check] = strategyChecks({ ...subject, plugins: [toyBits] });
    await expect(async () => check?.run()).rejects.toThrow(
      'no plugin strategy:forgetful among space:toy-bits',
    );
  });
});
