import { describeEvaluator, describePackage, plainEngine } from '@archer-nas/testkit';
import plugin from './index.ts';
import { toyPlugins } from './testing/toy-network.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [plugin, ...toyPlugins] };

describePackage({ ...kit, plugins: plugin });

describeEvaluator({
  ...kit,
  engine: plainEngine,
  space: { use: 'toy-networks' },
  data: { use: 'toy-images' },
  evaluator: { use: 'train', epochs: 1, lr: 0.05, clip: 5 },
  proposals: 3,
});
