import { describeOrder, describePackage, describePaths, describePreset } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };
const OPERATIONS = ['none', 'skip', 'conv1', 'conv3', 'pool'];
/** Two cells of three edges; an edge takes the same operation in both. */
const sites = [0, 1, 2, 3, 4, 5].map((at) => ({
  name: `cell${Math.floor(at / 3)}.edge${at % 3}`,
  decision: at % 3,
  options: OPERATIONS,
}));

describePackage(kit);

describePaths({ ...kit, sites, paths: { use: 'importance' } });
describePaths({
  ...kit,
  sites,
  variant: 'by edge',
  paths: { use: 'importance', scope: 'edge', weighted: true, statistic: 'mean' },
});
describePaths({
  ...kit,
  sites,
  variant: 'by cell and edge',
  paths: { use: 'importance', scope: 'cell-edge', weighted: true, weightCap: 2 },
});
describeOrder({ ...kit, order: { use: 'importance' } });
describeOrder({
  ...kit,
  variant: 'weighted',
  order: { use: 'importance', weighted: true, smoothing: 0.5 },
});

describePreset({ ...kit, preset: { kind: 'strategy', use: 'pa-da' } });
describePreset({
  ...kit,
  variant: 'weighted',
  preset: { kind: 'strategy', use: 'pa-da', variant: 'weighted', epochs: 3, schedule: 'linear' },
});
