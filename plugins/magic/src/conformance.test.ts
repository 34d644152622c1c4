import { describePackage, describePaths, describePreset } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };
/** Two cells of two edges with five options and one with two. */
const sites = [0, 1, 2, 3, 4, 5].map((at) => ({
  name: `cell${Math.floor(at / 3)}.edge${at % 3}`,
  decision: at % 3,
  options: at % 3 === 2 ? ['skip', 'conv'] : ['none', 'skip', 'conv1', 'conv3', 'pool'],
}));

describePackage(kit);

describePaths({ ...kit, sites, paths: { use: 'magic-t' } });
describePaths({ ...kit, variant: 'two changes', sites, paths: { use: 'magic-t', changes: 2 } });

describePreset({ ...kit, preset: { kind: 'strategy', use: 'magic' } });
