import {
  describeOrder,
  describePackage,
  describePreset,
  describeSampler,
} from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };

describePackage(kit);

describePreset({ ...kit, preset: { kind: 'strategy', use: 'da-nas' } });

describeSampler({
  ...kit,
  space: { use: 'toy-bits', bits: 3 },
  sampler: { use: 'da-nas', stages: 2, samples: 5, drop: 0.5, finalists: 2 },
  rounds: 12,
});

describeOrder({ ...kit, order: { use: 'easy-classes', shares: [0.34, 0.67, 1] }, epochs: 6 });
