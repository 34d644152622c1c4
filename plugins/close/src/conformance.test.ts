import { createStreams } from '@archer-nas/core';
import { type GradientRecipe, ParameterStore } from '@archer-nas/nn';
import { batchOf, toyCell, toyImages } from '@archer-nas/nn/toys';
import { describePackage, describePart, describePreset } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };
const gate = { embedding: 3, hidden: 4, layers: [5], perceptron: [4], dropout: 0.2 };

describePackage(kit);

describePreset({ ...kit, preset: { kind: 'strategy', use: 'close' } });
describePreset({
  ...{ ...kit, variant: 'in a cosine' },
  preset: { kind: 'strategy', use: 'close', schedule: 'cosine', curriculum: [1, 5], search: null },
});

describePart({
  ...kit,
  part: { kind: 'gradient', use: 'shared-sets', curriculum: [1, 2], gate },
  follow: (part, from, saved) => {
    const recipe = part as GradientRecipe;
    const [network, data] = [toyCell(recipe.supernet?.sets), toyImages(['train'])];
    const own = recipe.parameters?.(network.sites) ?? [];
    const store = new ParameterStore([...network.parameters, ...own], createStreams(0));
    const context = { network, store, data, streams: createStreams(0) };
    const gradients = recipe.begin(context, saved);
    const steps = Array.from({ length: 6 - from }, (_, i) => {
      const batch = batchOf(data, from + i);
      const pass = gradients.of([2, (from + i) % 3, 2], batch, {});
      const names = [...pass.gradients.keys()];
      pass.dispose();
      batch.dispose();
      const done = Math.floor((from + i + 1) / 2); // of two steps per epoch
      const ends = (from + i) % 2 === 1;
      if (ends) gradients.advance?.({ done, total: 3, unit: 'epoch' });
      return { shown: { names }, state: gradients.state };
    });
    store.dispose();
    return steps;
  },
});
