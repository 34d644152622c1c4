import { createStreams } from '@archer-nas/core';
import {
  lossAndGradients,
  ParameterStore,
  pathGates,
  Sgd,
  type WeightsRecipe,
  withMadeWeights,
} from '@archer-nas/nn';
import { batchOf, toyCell, toyImages } from '@archer-nas/nn/toys';
import { describePackage, describePart, describePreset } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };

describePackage(kit);

describePreset({ ...kit, preset: { kind: 'strategy', use: 'smash' } });
describePreset({
  ...{ ...kit, variant: 'linear' },
  preset: { kind: 'strategy', use: 'smash', hyper: { hidden: [] }, search: null, lr: 0.1 },
});

describePart({
  ...kit,
  part: { kind: 'weights', use: 'hyper-network', hidden: [4], chunk: 6 },
  follow: (part, from, saved) => {
    const [plain, data] = [toyCell(), toyImages(['train'])];
    const network = withMadeWeights(plain, (part as WeightsRecipe).begin(plain));
    const begun = saved as unknown as { store: never; sgd: never } | undefined;
    const store = new ParameterStore(network.parameters, createStreams(0), begun?.store);
    const sgd = new Sgd(store, {}, begun?.sgd);
    const steps = Array.from({ length: 6 - from }, (_, i) => {
      const batch = batchOf(data, from + i);
      const gates = pathGates([2, (from + i) % 3, 2]);
      const pass = lossAndGradients(network, store, gates, batch);
      sgd.step(pass.gradients, { learningRate: 0.05 });
      const loss = pass.loss.dataSync()[0]?.toFixed(4);
      const names = [...pass.gradients.keys()];
      pass.dispose();
      batch.dispose();
      return { shown: { names, loss }, state: { store: store.state, sgd: sgd.state } };
    });
    sgd.dispose();
    store.dispose();
    return steps;
  },
});
