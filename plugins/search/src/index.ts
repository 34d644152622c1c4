import {
  type Dependencies,
  definePlugin,
  ifPresent,
  type Plugin,
  type SamplerRecipe,
  type Strategy,
} from '@archer-nas/core';
import { z } from 'zod';
import { searchOptions } from './options.ts';
import { beginRepeat } from './repeat.ts';
import { askAndTell } from './strategy.ts';

const search = definePlugin({
  id: 'search',
  kind: 'strategy',
  summary: 'Asks a sampler, evaluates, tells the sampler, until the budget is spent.',
  options: searchOptions,
  requires: ['evaluator'],
  provides: ['view:scores', 'view:histories'],
  parts: { sampler: { kind: 'sampler', default: { use: 'random' } } },
  create(options, deps) {
    const { space, evaluator } = deps;
    const sampler = deps.parts.sampler as SamplerRecipe;
    const images = validationImages(deps);
    const given = { objective: ifPresent(() => deps.objective), metric: options.metric };
    return askAndTell({ space, evaluator, sampler, ...given, images }, options);
  },
});

const repeat = definePlugin({
  id: 'repeat',
  kind: 'strategy',
  summary: 'Independent repetitions of strategies in one run, for means, tests and regret curves.',
  options: z.strictObject({
    times: z.int().positive().default(100).describe('repetitions of every arm'),
    perStep: z
      .int()
      .positive()
      .default(100_000)
      .describe('evaluations per step at least, where the arms look evaluations up'),
  }),
  provides: ['view:histories'],
  parts: {
    arms: { kind: 'strategy', many: true, named: true, default: [{ use: 'random' }] },
  },
  create(options, { space, parts, names }) {
    const strategies = parts.arms as readonly Strategy<unknown>[];
    const arms = strategies.map((strategy, i) => ({
      strategy,
      name: names.arms?.[i] ?? String(i),
    }));
    return { begin: (context, saved) => beginRepeat({ space, arms }, options, context, saved) };
  },
});

function validationImages(deps: Dependencies) {
  const data = ifPresent(() => deps.data);
  return data?.splits.includes('valid') ? data.open('valid') : undefined;
}

const plugins = [search, repeat] as unknown as readonly Plugin[];
export default plugins;
