import { definePlugin, type Evaluation, type Plugin, type Search } from '@archer-nas/core';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { strategyChecks } from './strategy-contract.ts';
import { broken } from './testing/broken.ts';
import type { Bits } from './toy-bits.ts';

/** Takes the last of eight evaluations for the best, whatever it says. */
const lastOne = definePlugin({
  id: 'last-one',
  kind: 'strategy',
  summary: 'Believes the last evaluation.',
  options: z.strictObject({}),
  requires: ['evaluator'],
  create: (_, { space, evaluator }) => ({
    async begin({ streams }, saved): Promise<Search<Bits>> {
      let done = (saved as number | undefined) ?? 0;
      const evaluate = (at: number): Evaluation<Bits> => {
        const proposal = { id: `${at}`, architecture: space.sample(streams.stream('last', at)) };
        const found = evaluator.lookUp?.(proposal, { batches: 'all', streams });
        return found ?? expect.fail('no look-up');
      };
      const incumbents = () => (done === 0 ? [] : [evaluate(done - 1)]);
      return {
        get state() {
          return done;
        },
        get progress() {
          return { done, total: 8, unit: 'round' } as const;
        },
        views: {},
        incumbents,
        async step(signal) {
          signal.throwIfAborted();
          done += 1;
          return { evaluations: [evaluate(done - 1)] };
        },
        result: async () => ({ best: incumbents(), metrics: {} }),
      };
    },
  }),
}) as unknown as Plugin;

it('R33 strategyChecks catch an incumbent that is NaN or has failed, and nothing else', async () => {
  const checks = strategyChecks({
    package: new URL('..', import.meta.url),
    plugins: [lastOne],
    space: { use: 'toy-bits', bits: 8 },
    evaluator: { use: 'toy-ones' },
    strategy: { use: 'last-one' },
  });
  expect(await broken(checks)).toEqual([
    'has no incumbent whose evaluation is NaN',
    'has no incumbent whose evaluation failed',
  ]);
});
