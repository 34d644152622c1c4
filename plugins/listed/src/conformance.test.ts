import { describePackage, describePreset, describeSampler } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };
const architectures = ['10110', '00000', '11111', '01010'];

describePackage(kit);

describeSampler({
  ...kit,
  sampler: { use: 'listed', architectures },
  space: { use: 'toy-bits', bits: 5 },
});

describePreset({ ...kit, preset: { kind: 'strategy', use: 'listed', architectures } });
