import { describeEvaluator, describePackage, plainEngine } from '@archer-nas/testkit';
import plugins from './index.ts';
import { toyLanguagePlugins } from './testing/toy-language.ts';
import { toyPlugins } from './testing/toy-network.ts';

const toys = [...toyPlugins, ...toyLanguagePlugins];
const kit = { package: new URL('..', import.meta.url), plugins: [...plugins, ...toys] };

describePackage({ ...kit, plugins });

describeEvaluator({
  ...kit,
  engine: plainEngine,
  space: { use: 'toy-networks' },
  data: { use: 'toy-images' },
  evaluator: { use: 'train', epochs: 1, lr: 0.05, clip: 5 },
  proposals: 3,
});

const cells = {
  ...{ ...kit, engine: plainEngine, proposals: 3 },
  ...{ space: { use: 'toy-cells' }, data: { use: 'toy-corpus' } },
};
const averaged = { use: 'train-language', lr: 30, epochs: 4, nonMonotone: 1, evaluationLanes: 2 };
describeEvaluator({ ...cells, evaluator: averaged });
describeEvaluator({
  ...cells,
  variant: 'last weights, fixed windows',
  evaluator: { ...averaged, keep: 'last', nonMonotone: null, windows: 'fixed', epochs: 1 },
});
