import type { EngineInfo } from '@archer-nas/core';
import { describePackage, describeStrategy } from '@archer-nas/testkit';
import plugin from './index.ts';
import { toyPlugins } from './testing/toy-mixture.ts';

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
const search = { ...kit, engine, space: { use: 'toy-mixture' }, data: { use: 'toy-images' } };
const strategy = { use: 'bilevel', epochs: 2, relaxation: { use: 'toy-relaxation' } };

describePackage({ ...kit, plugins: [plugin] });

describeStrategy({ ...search, strategy });
describeStrategy({
  ...search,
  variant: 'modified',
  strategy: { ...strategy, with: [{ use: 'toy-attack' }], nesterov: true, first: 'weights' },
});
