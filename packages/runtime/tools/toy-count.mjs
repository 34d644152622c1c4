import { definePlugin } from '@archer-nas/core';
import { z } from 'zod';

/**
 * A study for tests: draws architectures, scores them with the search's view `scores` and adds
 * up. What it answers depends on the search's state, on its own state and on its streams, so
 * that none of them can be lost unseen. Plain JavaScript, because killed processes load it too.
 */
export const toyCount = definePlugin({
  id: 'toy-count',
  kind: 'study',
  summary: 'Adds up the scores of random architectures, for tests.',
  options: z.strictObject({
    steps: z.int().positive().default(4),
    /** Asked after every so many rounds of the search; at its end otherwise. */
    every: z.int().positive().optional(),
    /** A split to open. */
    open: z.enum(['train', 'valid', 'test']).optional(),
  }),
  requires: ['view:scores'],
  create: (options, { space }) => ({
    when: options.every === undefined ? 'after' : { every: options.every, unit: 'round' },
    begin: async (context, saved) => count(options, space, context, saved),
  }),
});

function count({ steps, open }, space, { streams, search, open: openSplit }, saved) {
  if (open !== undefined) openSplit(open);
  let now = saved ?? { step: 0, sum: 0, trail: new Float64Array(steps) };
  return {
    get state() {
      return { ...now, trail: now.trail.slice() };
    },
    get progress() {
      return { done: now.step, total: steps, unit: 'evaluation' };
    },
    async step(signal) {
      const architecture = space.sample(streams.stream('count', search.progress.done, now.step));
      const job = search.views.scores.start([{ id: `count-${now.step}`, architecture }], {
        batches: 'all',
        streams,
      });
      while (job.progress.done < job.progress.total) await job.step(signal);
      const best = search.incumbents()[0].metrics.ones;
      const { ones } = job.evaluations()[0].metrics;
      const trail = now.trail.slice();
      trail[now.step] = ones;
      now = { step: now.step + 1, sum: now.sum + ones * best, trail };
      const rows = [...trail].map((value, i) => [i, value]);
      return {
        metrics: { sum: now.sum, nothing: Number.NaN },
        tables: { trail: { columns: ['step', 'ones'], rows } },
      };
    },
  };
}
