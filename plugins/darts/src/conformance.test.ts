import { describePackage, describePreset, describeRelaxation } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };

describePackage(kit);

describePreset({ ...kit, preset: { kind: 'strategy', use: 'darts', order: 2, epochs: 5 } });
describeRelaxation({ ...kit, relaxation: { use: 'darts', alpha: { lr: 0.1 } } });
