import { describePackage, describeSearchSpace } from '@archer-nas/testkit';
import plugin from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [plugin] };

describePackage(kit);

describeSearchSpace({
  ...kit,
  space: { use: 'nas-bench-1shot1' },
  malformed: ['1:', '111111111111111111111:00000', '100000000000000000001:00001'],
});
describeSearchSpace({
  ...kit,
  variant: 'space 2, released',
  space: { use: 'nas-bench-1shot1', space: 2, cells: 'released' },
});
