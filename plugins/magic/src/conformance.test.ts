import { createStreams } from '@archer-nas/core';
import { type GradientRecipe, ParameterStore } from '@archer-nas/nn';
import { batchOf, toyImages } from '@archer-nas/nn/toys';
import { describePackage, describePart, describePaths, describePreset } from '@archer-nas/testkit';
import plugins from './index.ts';
import { toyBlocks } from './testing/toy-blocks.ts';

const kit = { package: new URL('..', import.meta.url), plugins };
/** Two cells of two edges with five options and one with two. */
const sites = [0, 1, 2, 3, 4, 5].map((at) => ({
  name: `cell${Math.floor(at / 3)}.edge${at % 3}`,
  decision: at % 3,
  options: at % 3 === 2 ? ['skip', 'conv'] : ['none', 'skip', 'conv1', 'conv3', 'pool'],
}));

describePackage(kit);

describePaths({ ...kit, sites, paths: { use: 'magic-t' } });
describePaths({ ...kit, variant: 'two changes', sites, paths: { use: 'magic-t', changes: 2 } });

describePreset({ ...kit, preset: { kind: 'strategy', use: 'magic' } });
describePreset({
  ...{ ...kit, variant: 'aligned' },
  preset: { kind: 'strategy', use: 'magic', align: { lambda: 1 } },
});

describePart({
  ...kit,
  part: { kind: 'gradient', use: 'aligned', lambda: 2, images: 4 },
  follow: (part, from, saved) => {
    const [network, data] = [toyBlocks(), toyImages()];
    const store = new ParameterStore(network.parameters, createStreams(0));
    const context = { network, store, data, streams: createStreams(0) };
    const gradients = (part as GradientRecipe).begin(context, saved);
    const steps = Array.from({ length: 6 - from }, (_, i) => {
      const batch = batchOf(data, from + i);
      const pass = gradients.of([(from + i) % 2, (from + i) % 3 === 0 ? 1 : 0], batch, {});
      const names = [...pass.gradients.keys()];
      pass.dispose();
      batch.dispose();
      const isLast = (from + i) % 2 === 1; // of two steps per epoch
      if (isLast) gradients.advance?.({ done: 1, total: 3, unit: 'epoch' });
      const state = gradients.state as { anchor: readonly number[] | null };
      return { shown: { names, anchor: state.anchor }, state: gradients.state };
    });
    store.dispose();
    return steps;
  },
});
