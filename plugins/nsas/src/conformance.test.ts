import { createStreams } from '@archer-nas/core';
import { type GradientRecipe, ParameterStore } from '@archer-nas/nn';
import { ANY_BATCH, NO_DATA, scalarModel } from '@archer-nas/nn/toys';
import { describePackage, describePart, describePreset } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };
const TARGETS = [1, -2, 4, 9];

describePackage(kit);

describePart({
  ...kit,
  part: { kind: 'gradient', use: 'archive', size: 2, recent: 3 },
  follow: (part, from, saved) => {
    const network = scalarModel(TARGETS);
    const store = new ParameterStore(network.parameters, createStreams(0));
    const context = { network, store, data: NO_DATA, streams: createStreams(0) };
    const gradients = (part as GradientRecipe).begin(context, saved);
    const steps = Array.from({ length: 5 - from }, (_, i) => {
      const pass = gradients.of([(3 * (from + i)) % TARGETS.length], ANY_BATCH, {});
      const shown = [...(pass.gradients.get('w')?.dataSync() ?? [])];
      pass.dispose();
      return { shown, state: gradients.state };
    });
    store.dispose();
    return steps;
  },
});

describePreset({ ...kit, preset: { kind: 'strategy', use: 'nsas' } });
