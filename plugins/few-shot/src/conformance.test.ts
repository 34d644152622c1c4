import { createStreams } from '@archer-nas/core';
import type { SplitRecipe } from '@archer-nas/nn';
import { describePackage, describePart, describePreset } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };
const sites = [0, 1, 2].map((decision) => ({
  ...{ name: `edge${decision}`, decision, options: ['none', 'skip', 'conv'] },
}));

describePackage(kit);

describePart({
  ...kit,
  part: { kind: 'split', use: 'exhaustive', decisions: [2, 0], epochs: [3, 2] },
  follow: (part, from) => {
    const recipe = part as SplitRecipe;
    const context = { sites, parameters: [], streams: createStreams(0), gradients: () => never() };
    const splits = [[], [2]].map((before) => recipe.begin({ ...context, before }).split());
    const shown = [recipe.plan(sites), ...splits];
    return shown.map((one) => ({ shown: one, state: null })).slice(from);
  },
});

describePreset({ ...kit, preset: { kind: 'strategy', use: 'few-shot' } });

function never(): never {
  throw new Error('an exhaustive split looks at no gradients');
}
