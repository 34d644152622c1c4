import { definePlugin, type Evaluation, type SamplerRecipe } from '@archer-nas/core';
import type { Bits } from '@archer-nas/testkit';
import { z } from 'zod';

interface Saved {
  readonly chosen: readonly number[];
  readonly scores: readonly number[];
  readonly over: boolean;
}

/**
 * Decides one bit per stage: scores an architecture with a 0 and one with a 1 there, and keeps the
 * better; at last it scores what is left.
 */
export const toyStages: SamplerRecipe = {
  begin: ({ space, metric }, saved) => {
    const length = space.decisions?.length ?? 0;
    let { chosen, scores, over } = (saved as unknown as Saved | undefined) ?? {
      chosen: [],
      scores: [],
      over: false,
    };
    const completed = (bits: readonly number[]) => {
      const all = Array.from({ length }, (_, at) => bits[at] ?? 0);
      return space.parse(all.join(''));
    };
    return {
      propose: () => {
        if (over) return 'done';
        const last = chosen.length === length;
        const bits = last ? chosen : [...chosen, scores.length];
        return [{ id: `${chosen.length}-${scores.length}`, architecture: completed(bits) }];
      },
      observe: (evaluations: readonly Evaluation<unknown>[]) => {
        for (const { metrics } of evaluations) {
          scores = [...scores, metrics[metric.name] ?? Number.NaN];
          if (chosen.length === length) over = true;
          else if (scores.length === 2) {
            chosen = [...chosen, (scores[1] as number) > (scores[0] as number) ? 1 : 0];
            scores = [];
          }
        }
      },
      stages: {
        get done() {
          return chosen.length;
        },
        total: length,
        evaluations: 2 * length + 1,
        draw: (stream) => {
          const drawn = space.sample(stream) as unknown as Bits;
          return completed(Array.from({ length }, (_, at) => chosen[at] ?? (drawn[at] as number)));
        },
      },
      advance: ({ done, total }) => ({ metrics: { stage: done, stages: total } }),
      get state() {
        return { chosen, scores, over } as never;
      },
    };
  },
};

/** The above as a plugin, for manifests in tests. */
export const toyStagesPlugin = definePlugin({
  id: 'toy-stages',
  kind: 'sampler',
  summary: 'Narrows bit strings bit by bit, for tests.',
  options: z.strictObject({}),
  create: () => toyStages,
});
