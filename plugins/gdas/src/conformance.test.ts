import { describePackage, describePreset, describeRelaxation } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };

describePackage(kit);

describePreset({ ...kit, preset: { kind: 'strategy', use: 'gdas', epochs: 5 } });
describeRelaxation({ ...kit, relaxation: { use: 'gdas', alpha: { lr: 0.1 } } });
describeRelaxation({
  ...kit,
  variant: 'all',
  relaxation: { use: 'gdas', rule: 'all', alpha: { lr: 0.1 } },
});
