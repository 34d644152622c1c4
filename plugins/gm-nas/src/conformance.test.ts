import { createStreams } from '@archer-nas/core';
import type { SplitRecipe } from '@archer-nas/nn';
import { describePackage, describePart } from '@archer-nas/testkit';
import plugin from './index.ts';
import { imaginedGradients, SITES, SPECS } from './testing/imagined-gradients.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [plugin] };

describePackage(kit);

describePart({
  ...kit,
  part: { kind: 'split', use: 'gradient-matching', epochs: [2], repetitions: 2 },
  follow: (part, from, saved) => {
    const recipe = part as SplitRecipe;
    const steps = recipe.plan(SITES)[0]?.steps ?? 0;
    const streams = createStreams(0);
    const context = { sites: SITES, parameters: SPECS, before: [], streams };
    const splitter = recipe.begin({ ...context, gradients: imaginedGradients() }, saved);
    return Array.from({ length: steps - from }, (_, i) => {
      splitter.step(from + i);
      const shown = from + i === steps - 1 ? splitter.split() : null;
      return { shown, state: splitter.state };
    });
  },
});
