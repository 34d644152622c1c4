import { describePackage, describeStrategy, plainEngine } from '@archer-nas/testkit';
import plugin from './index.ts';
import { toyLanguagePlugins } from './testing/toy-language.ts';
import { toyPlugins } from './testing/toy-mixture.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [plugin, ...toyPlugins] };
const search = {
  ...kit,
  engine: plainEngine,
  space: { use: 'toy-mixture' },
  data: { use: 'toy-images' },
};
const strategy = { use: 'bilevel', epochs: 2, relaxation: { use: 'toy-relaxation' } };

describePackage({ ...kit, plugins: [plugin] });

describeStrategy({ ...search, strategy });
describeStrategy({
  ...search,
  variant: 'selecting',
  strategy: {
    ...strategy,
    epochs: 1,
    evaluation: { batch: 2 },
    selection: { architectures: 40, finalists: 2 },
  },
});
describeStrategy({
  ...search,
  variant: 'modified',
  strategy: { ...strategy, with: [{ use: 'toy-attack' }], nesterov: true, first: 'weights' },
});
describeStrategy({
  ...search,
  variant: 'learning modifier',
  strategy: { ...strategy, with: [{ use: 'toy-scales' }] },
});
for (const use of ['toy-stages', 'toy-stop', 'toy-back']) {
  const course = { ...strategy, epochs: 3, with: [{ use }] };
  describeStrategy({ ...search, variant: use.replace('toy-', 'course '), strategy: course });
}

const text = {
  ...kit,
  plugins: [...kit.plugins, ...toyLanguagePlugins],
  engine: plainEngine,
  space: { use: 'toy-cells' },
  data: { use: 'toy-corpus' },
};
describeStrategy({
  ...text,
  variant: 'on text',
  strategy: { ...strategy, with: [{ use: 'toy-attack' }], lr: 1, minLr: 1, momentum: 0 },
});
