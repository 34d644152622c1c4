import { describePackage, describeSearchSpace } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };

describePackage(kit);

describeSearchSpace({
  ...kit,
  space: { use: 'darts', channels: 4, cells: 3 },
  malformed: ['Genotype(normal=[])', '0.3 1.3;0.0 1.0'],
});
describeSearchSpace({
  ...kit,
  variant: 'two operations',
  space: { use: 'darts', operations: ['skip_connect', 'sep_conv_3x3'] },
});
describeSearchSpace({
  ...kit,
  variant: 'operations that differ by edge',
  space: { use: 'robust-darts', set: 's1' },
  malformed: ['Genotype(normal=[])'],
});
