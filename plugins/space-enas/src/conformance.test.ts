import { describePackage, describeSearchSpace } from '@archer-nas/testkit';

import { MICRO } from '../test/released.ts';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };

describePackage(kit);

describeSearchSpace({
  ...kit,
  space: { use: 'enas-macro', channels: 4 },
  malformed: ['0', '0 3 2', `${'0 '.repeat(77)}x`],
});
describeSearchSpace({
  ...kit,
  variant: 'three layers, two operations',
  space: { use: 'enas-macro', layers: 3, operations: ['sep_conv_3x3', 'max_pool_3x3'] },
});
describeSearchSpace({
  ...kit,
  space: { use: 'enas-micro', channels: 4, layers: 3 },
  malformed: [`2${MICRO.slice(1)}`, `${MICRO.slice(0, -1)}5`, `${MICRO} 0`],
  isomorphic: [
    // Branches of a node, and nodes 3 and 4, change places.
    [
      MICRO,
      MICRO.replace('0 2 0 0', '0 0 0 2'),
      MICRO.replace('0 4 0 1 0 4 1 1', '0 4 1 1 0 4 0 1'),
    ],
  ],
});
describeSearchSpace({
  ...kit,
  variant: 'one node, two operations',
  space: { use: 'enas-micro', nodes: 1, operations: ['sep_conv_3x3', 'identity'] },
});
