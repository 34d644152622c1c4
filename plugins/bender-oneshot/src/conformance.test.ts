import { describePackage, describePreset, describeRelaxation } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };

describePackage(kit);

describePreset({ ...kit, preset: { kind: 'strategy', use: 'bender-oneshot', epochs: 5 } });
describeRelaxation({ ...kit, relaxation: { use: 'path-dropout', rate: 0.5 }, options: [5, 4] });
describeRelaxation({
  ...kit,
  variant: 'constant',
  relaxation: { use: 'path-dropout', rate: 0.5, schedule: 'constant' },
  options: [5, 4],
});
