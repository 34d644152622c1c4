import { describeBenchmark, describePackage, describeSearchSpace } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };

describePackage(kit);

describeSearchSpace({
  ...kit,
  space: { use: 'nats-size' },
  malformed: ['8:16:24:32', '8:16:24:32:40:48', '8:16:24:32:41', '0:8:8:8:8', '8,8,8,8,8'],
});

describeBenchmark({
  ...kit,
  space: { use: 'nats-size' },
  benchmark: { use: 'bench-nats-size', values: 'made-up', column: 'c10_valid_12' },
});
