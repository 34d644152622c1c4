import { describePackage, describePreset, describeRelaxation } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };
const lambda = { gamma: 0.5 };

describePackage(kit);

describePreset({ ...kit, preset: { kind: 'strategy', use: 'dso-nas', lambda } });
describeRelaxation({ ...kit, relaxation: { use: 'dso-nas', lambda } });
describeRelaxation({
  ...kit,
  variant: 'flops',
  relaxation: {
    use: 'dso-nas',
    lambda: { ...lambda, flops: { option0: 0, option1: 4, option2: 9 } },
  },
});
