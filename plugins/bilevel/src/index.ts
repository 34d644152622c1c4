import { definePlugin } from '@archer-nas/core';
import type {
  LanguageMixtureSpace,
  MixtureSpace,
  Modifier,
  RelaxationRecipe,
} from '@archer-nas/nn';
import { bilevelOptions } from './options.ts';

export type { BilevelViews } from './bilevel.ts';

/** The loop of differentiable searches; `darts` and its family are presets of it. */
const plugin = definePlugin({
  id: 'bilevel',
  kind: 'strategy',
  summary: 'Trains a mixture of all operations and its weights in turns, then derives a network.',
  options: bilevelOptions,
  requires: ['space', 'data', 'engine', 'supernet:mixture'],
  provides: [
    'view:scores',
    'view:untrained',
    'view:exporter',
    'view:supernet',
    'view:alpha',
    'view:trajectory',
  ],
  parts: {
    relaxation: { kind: 'relaxation', default: { use: 'darts' } },
    with: { kind: 'modifier', many: true, default: [] },
  },
  create: async (options, { space, data, parts }) => {
    // Training imports the tensor library, which listing plugins should not pay for.
    const { bilevel } = await import('./bilevel.ts');
    return bilevel(options, {
      space: space as MixtureSpace<unknown> | LanguageMixtureSpace<unknown>, // it provides supernet:mixture
      data,
      relaxation: parts.relaxation as RelaxationRecipe,
      modifiers: parts.with as readonly Modifier[],
    });
  },
});

export default plugin;
