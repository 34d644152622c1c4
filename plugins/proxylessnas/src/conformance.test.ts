import { describePackage, describePreset, describeRelaxation } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };
const alpha = { lr: 0.1 };
const table = { option0: 0, option1: 4, option2: 9 };

describePackage(kit);

describePreset({ ...kit, preset: { kind: 'strategy', use: 'proxylessnas', epochs: 5 } });
describeRelaxation({ ...kit, relaxation: { use: 'proxylessnas', every: 2, alpha } });
describeRelaxation({
  ...kit,
  variant: 'latency',
  relaxation: {
    ...{ use: 'proxylessnas', every: 1, alpha },
    latency: { table, loss: { form: 'mul#log', reference: 5 } },
  },
});
