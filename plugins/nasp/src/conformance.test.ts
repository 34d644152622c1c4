import { describePackage, describePreset, describeRelaxation } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };

describePackage(kit);

describePreset({ ...kit, preset: { kind: 'strategy', use: 'nasp', epochs: 5 } });
describeRelaxation({ ...kit, relaxation: { use: 'nasp', alpha: { lr: 0.1 } } });
describeRelaxation({ ...kit, variant: 'one edge', relaxation: { use: 'nasp', edges: 1 } });
