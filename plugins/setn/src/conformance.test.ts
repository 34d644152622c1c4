import { describePackage, describePreset, describeRelaxation } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };

describePackage(kit);

describePreset({ ...kit, preset: { kind: 'strategy', use: 'setn', epochs: 5 } });
describeRelaxation({ ...kit, relaxation: { use: 'setn', alpha: { lr: 0.1 } } });
describeRelaxation({ ...kit, variant: 'network', relaxation: { use: 'setn', per: 'network' } });
