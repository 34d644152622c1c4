import { describeBenchmark, describePackage, describeSearchSpace } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };

describePackage(kit);

describeSearchSpace({
  ...kit,
  space: { use: 'trans-nas-bench-101-micro' },
  malformed: ['64-41414-1_02_33', '64-41414-1_02_334', '64-1234-basic', '64-41414-1_02_333x'],
  isomorphic: [
    // A node that is not read; a skip of a node; equal nodes in another order.
    ['64-41414-2_00_200', '64-41414-2_02_200', '64-41414-2_01_200'],
    ['64-41414-2_01_001', '64-41414-2_00_010', '64-41414-0_00_200'],
    ['64-41414-2_30_023', '64-41414-3_20_032'],
  ],
});
describeSearchSpace({
  ...kit,
  space: { use: 'trans-nas-bench-101-macro' },
  malformed: [
    '64-1111-basic',
    '64-2222-basic',
    '64-123-basic',
    '64-1234123-basic',
    '64-1235-basic',
  ],
});

for (const half of ['micro', 'macro']) {
  describeBenchmark({
    ...kit,
    space: { use: `trans-nas-bench-101-${half}` },
    benchmark: { use: `bench-trans-nas-bench-101-${half}`, values: 'made-up' },
  });
}
