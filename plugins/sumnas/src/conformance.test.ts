import { createStreams } from '@archer-nas/core';
import { type GradientRecipe, ParameterStore } from '@archer-nas/nn';
import { ANY_BATCH, NO_DATA, scalarModel } from '@archer-nas/nn/toys';
import { describePackage, describePart, describePreset } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };
const TARGETS = [1, -2, 4];

describePackage(kit);

for (const velocities of ['fresh', 'kept']) {
  describePart({
    ...kit,
    variant: `${velocities} velocities`,
    part: { kind: 'gradient', use: 'meta', steps: 2, velocities },
    follow: (part, from, saved) => {
      const network = scalarModel(TARGETS);
      const store = new ParameterStore(network.parameters, createStreams(0));
      const context = { network, store, data: NO_DATA, streams: createStreams(0) };
      const gradients = (part as GradientRecipe).begin(context, saved);
      const steps = Array.from({ length: 4 - from }, (_, i) => {
        const pass = gradients.of([(from + i) % TARGETS.length], ANY_BATCH, {});
        const delta = [...(pass.gradients.get('w')?.dataSync() ?? [])];
        pass.dispose();
        return { shown: delta, state: gradients.state };
      });
      gradients.dispose?.();
      store.dispose();
      return steps;
    },
  });
}

describePreset({ ...kit, preset: { kind: 'strategy', use: 'sumnas' } });
