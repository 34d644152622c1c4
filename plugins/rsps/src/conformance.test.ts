import { describePackage, describePreset, describeRelaxation } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };

describePackage(kit);

describePreset({ ...kit, preset: { kind: 'strategy', use: 'rsps', epochs: 5 } });
describeRelaxation({ ...kit, relaxation: { use: 'rsps' } });
describeRelaxation({ ...kit, variant: 'cell', relaxation: { use: 'rsps', per: 'cell' } });
