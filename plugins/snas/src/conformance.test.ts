import { describePackage, describePreset, describeRelaxation } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };

describePackage(kit);

describePreset({ ...kit, preset: { kind: 'strategy', use: 'snas', epochs: 5 } });
describeRelaxation({ ...kit, relaxation: { use: 'snas', alpha: { lr: 0.1 } } });
describeRelaxation({
  ...kit,
  variant: 'resource',
  relaxation: {
    ...{ use: 'snas', alpha: { lr: 0.1 } },
    resource: { table: { option0: 0, option1: 4, option2: 9 }, weight: 0.1 },
  },
});
