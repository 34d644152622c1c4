import { describeBenchmark, describePackage, describeSearchSpace } from '@archer-nas/testkit';
import plugins from './index.ts';

const kit = { package: new URL('..', import.meta.url), plugins };

describePackage(kit);

describeSearchSpace({
  ...kit,
  space: { use: 'nas-bench-macro' },
  malformed: ['2221222', '222122200', '22212223', '2221222x'],
});

describeBenchmark({
  ...kit,
  space: { use: 'nas-bench-macro' },
  benchmark: { use: 'bench-nas-bench-macro', values: 'made-up', permit: 'test-column' },
});
