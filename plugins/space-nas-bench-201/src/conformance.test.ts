import { describePackage, describeSearchSpace } from '@archer-nas/testkit';
import plugin from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [plugin] };

describePackage(kit);

describeSearchSpace({
  ...kit,
  space: { use: 'nas-bench-201' },
  malformed: ['|none~0|', 'nor_conv_3x3', '|none~0|+|none~0|none~1|+|none~0|none~1|max_pool~2|'],
});
describeSearchSpace({
  ...kit,
  variant: 'three operations, node then edge',
  space: {
    use: 'nas-bench-201',
    operations: ['none', 'skip_connect', 'nor_conv_3x3'],
    mutation: 'node-then-edge',
  },
});
