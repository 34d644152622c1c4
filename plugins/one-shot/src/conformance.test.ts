import {
  describeOrder,
  describePackage,
  describePaths,
  describeStrategy,
  plainEngine,
} from '@archer-nas/testkit';
import plugins from './index.ts';
import { toyLanguagePlugins } from './testing/toy-cells.ts';
import { toySplitPlugin } from './testing/toy-split.ts';
import { toyStagesPlugin } from './testing/toy-stages.ts';
import { SITES, toyPlugins } from './testing/toy-supernet.ts';
import { toyWeightsPlugin } from './testing/toy-weights.ts';

const kit = {
  package: new URL('..', import.meta.url),
  plugins: [
    ...[...plugins, ...toyPlugins, ...toyLanguagePlugins],
    ...[toyStagesPlugin, toySplitPlugin, toyWeightsPlugin],
  ],
};
const supernet = {
  ...kit,
  engine: plainEngine,
  space: { use: 'toy-supernet' },
  data: { use: 'toy-images' },
};
const strategy = {
  use: 'one-shot',
  epochs: 2,
  every: 'step',
  search: { use: 'toy-search', evaluations: 3 },
};

describePackage({ ...kit, plugins });

describeStrategy({ ...supernet, strategy: { ...strategy, unsampled: 'freeze' } });
describeStrategy({
  ...supernet,
  variant: 'recalibrated',
  strategy: {
    ...strategy,
    unsampled: 'decay',
    evaluation: { batchNorm: 'recalibrate', batch: 4 },
  },
});
describeStrategy({
  ...supernet,
  variant: 'paths and order that learn',
  strategy: {
    ...strategy,
    paths: { use: 'toy-paths' },
    order: { use: 'toy-order' },
    unsampled: 'decay',
  },
});
describeStrategy({
  ...supernet,
  variant: 'stages',
  strategy: {
    use: 'one-shot',
    epochs: 4,
    warmUp: 0.25,
    paths: { use: 'remaining' },
    search: { use: 'toy-stages' },
  },
});

for (const everything of [false, true]) {
  describeStrategy({
    ...supernet,
    variant: everything ? 'split twice, going on' : 'split twice, anew',
    strategy: {
      ...{ use: 'one-shot', epochs: 1, search: { use: 'toy-search', evaluations: 5 } },
      split: { use: 'toy-split', steps: everything ? 1 : 0, times: 2, everything },
    },
  });
}

describeStrategy({
  ...supernet,
  variant: 'weights that are made from the path',
  strategy: { ...strategy, weights: { use: 'toy-weights' } },
});

describeStrategy({
  ...supernet,
  variant: 'architectures that learn from rewards',
  strategy: {
    ...{ use: 'one-shot', epochs: 2, paths: { use: 'toy-learning' }, together: 2 },
    rewards: { rounds: 2, paths: 2, batch: 3 },
    selection: { architectures: 3 },
  },
});

describeStrategy({
  ...supernet,
  space: { use: 'toy-cells' },
  data: { use: 'toy-corpus' },
  strategy: {
    ...{ use: 'one-shot-language', epochs: 2, lr: 1, paths: { use: 'uniform', together: 2 } },
    search: { use: 'toy-search', evaluations: 3 },
  },
});

describeStrategy({
  ...supernet,
  space: { use: 'toy-cells' },
  data: { use: 'toy-corpus' },
  variant: 'cells that learn from rewards',
  strategy: {
    ...{ use: 'one-shot-language', epochs: 2, lr: 1, lrDecay: 0.5, lrDecayFrom: 1 },
    ...{ paths: { use: 'toy-learning' }, together: 2, accumulate: 'mean' },
    rewards: { rounds: 2, paths: 2 },
    selection: { architectures: 3 },
  },
});

describePaths({ ...kit, paths: { use: 'uniform' }, sites: SITES });
describePaths({ ...kit, paths: { use: 'remaining' }, sites: SITES });
describeOrder({ ...kit, order: { use: 'shuffle' } });
