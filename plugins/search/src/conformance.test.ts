import { describePackage, describeStrategy } from '@archer-nas/testkit';
import plugins from './index.ts';
import { toyPlugins } from './testing/toy-plugins.ts';

const kit = { package: new URL('..', import.meta.url), plugins: toyPlugins };
const looked = { ...kit, space: { use: 'toy-bits', bits: 6 }, evaluator: { use: 'toy-seconds' } };
const slow = { ...looked, evaluator: { use: 'toy-seconds', lookUp: false } };
const arms = [
  { use: 'search', evaluations: 5, perStep: 2 },
  { name: 'longer', use: 'search', evaluations: 9, workers: 2, perStep: 2 },
];

describePackage({ ...kit, plugins });

describeStrategy({ ...looked, strategy: { use: 'search', evaluations: 23, perStep: 5 } });
describeStrategy({
  ...slow,
  variant: 'in batches',
  strategy: { use: 'search', evaluations: 7, batch: 3 },
});
describeStrategy({
  ...looked,
  variant: 'workers within seconds',
  strategy: { use: 'search', budget: { seconds: 40 }, workers: 3, perStep: 4 },
});
describeStrategy({
  ...slow,
  variant: 'workers within epochs',
  strategy: { use: 'search', budget: { epochs: 40 }, workers: 3 },
});
describeStrategy({
  ...looked,
  variant: 'front',
  objective: { use: 'toy-pair' },
  strategy: { use: 'search', evaluations: 20, batch: 2, workers: 2, perStep: 7 },
});
describeStrategy({ ...looked, strategy: { use: 'repeat', times: 3, perStep: 6, arms } });
describeStrategy({
  ...slow,
  variant: 'without look-up',
  strategy: { use: 'repeat', times: 2, arms: [{ use: 'search', evaluations: 3 }] },
});
