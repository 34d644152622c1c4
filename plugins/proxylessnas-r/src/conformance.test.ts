import { describePackage, describePreset, describeRelaxation } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };
const learning = { lr: 0.1, batch: 4 };
const table = { option0: 1, option1: 4, option2: 9 };

describePackage(kit);

describePreset({ ...kit, preset: { kind: 'strategy', use: 'proxylessnas-r', epochs: 5 } });
describeRelaxation({ ...kit, relaxation: { use: 'proxylessnas-r', every: 2, learning } });
describeRelaxation({
  ...kit,
  variant: 'latency',
  relaxation: {
    ...{ use: 'proxylessnas-r', every: 1, learning },
    latency: { table, reference: 5 },
  },
});
