import type { EngineInfo } from '@archer-nas/core';
import { describeEvaluator, describePackage } from '@archer-nas/testkit';
import plugin from './index.ts';
import { toyPlugins } from './testing/toy-network.ts';

/** Without a backend that was chosen, tfjs computes in plain JS. */
const engine: EngineInfo = {
  name: 'js',
  version: '4.22.0',
  precision: 'f32',
  isa: 'none',
  class: 'js-test',
  reproducible: 'bitwise',
  description: 'plain JS',
};
const kit = { package: new URL('..', import.meta.url), plugins: [plugin, ...toyPlugins] };

describePackage({ ...kit, plugins: plugin });

describeEvaluator({
  ...kit,
  engine,
  space: { use: 'toy-networks' },
  data: { use: 'toy-images' },
  evaluator: { use: 'train', epochs: 1, lr: 0.05, clip: 5 },
  proposals: 3,
});
