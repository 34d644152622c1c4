import { describePackage, describePreset, describeRelaxation } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };

describePackage(kit);

describePreset({ ...kit, preset: { kind: 'strategy', use: 'snas', epochs: 5 } });
describeRelaxation({ ...kit, relaxation: { use: 'snas', alpha: { lr: 0.1 } } });
