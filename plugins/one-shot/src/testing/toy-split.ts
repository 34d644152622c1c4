import { definePlugin } from '@archer-nas/core';
import type { SplitPlan, SplitRecipe } from '@archer-nas/nn';
import { z } from 'zod';

/** Splits by the first decision, then by the second, each time after some looks at gradients. */
export function toySplit(plan: Partial<SplitPlan> = {}, times = 1): SplitRecipe {
  return {
    plan: () =>
      Array.from({ length: times }, () => ({
        ...{ into: 2, steps: 0, epochs: 1, inherits: 'weights' as const },
        ...plan,
      })),
    begin: ({ before, sites, gradients }, saved) => {
      let seen = (saved as number | undefined) ?? 0;
      return {
        step() {
          const path = sites.map(() => 0);
          seen += gradients([path, path], (both) => both.reduce((sum, one) => sum + one.size, 0));
        },
        split: () => ({
          decision: before.length,
          groups: seen % 2 === 0 ? [[0], [1]] : [[1], [0]],
          metrics: { seen },
        }),
        get state() {
          return seen;
        },
      };
    },
  };
}

/** The above as a plugin, for manifests in tests. */
export const toySplitPlugin = definePlugin({
  id: 'toy-split',
  kind: 'split',
  summary: 'Splits by one decision after the other, for tests.',
  options: z.strictObject({ steps: z.int(), times: z.int(), everything: z.boolean() }),
  create: ({ steps, times, everything }) =>
    toySplit({ steps, inherits: everything ? 'everything' : 'weights' }, times),
});
