import { createStreams } from '@archer-nas/core';
import { type GradientRecipe, ParameterStore } from '@archer-nas/nn';
import { describePackage, describePart } from '@archer-nas/testkit';
import plugins from './index.ts';
import { batchOf, DATA, linearModel } from './testing/linear-model.ts';

const kit = { package: new URL('..', import.meta.url), plugins };

describePackage(kit);

describePart({
  ...kit,
  part: { kind: 'gradient', use: 'variance' },
  follow: (part, from, saved) => {
    const network = linearModel;
    const store = new ParameterStore(network.parameters, createStreams(0));
    const context = { network, store, data: DATA, streams: createStreams(0) };
    const gradients = (part as GradientRecipe).begin(context, saved);
    const steps = Array.from({ length: 8 - from }, (_, i) => {
      const step = from + i;
      gradients.of([step % 2], batchOf([step * step, 1]), {}).dispose();
      const isEnd = step % 4 === 3;
      const told = isEnd
        ? gradients.advance?.({ done: (step + 1) / 4, total: 2, unit: 'epoch' })
        : {};
      return { shown: { told, metrics: gradients.metrics }, state: gradients.state };
    });
    store.dispose();
    return steps;
  },
});
