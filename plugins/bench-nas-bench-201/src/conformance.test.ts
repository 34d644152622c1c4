import { describeBenchmark, describePackage } from '@archer-nas/testkit';
import plugin from './index.ts';
import { cellStrings } from './testing/cell-strings.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [plugin, cellStrings] };

describePackage({ ...kit, plugins: plugin });

describeBenchmark({
  ...kit,
  space: { use: 'cell-strings' },
  benchmark: { use: 'bench-nas-bench-201', values: 'made-up', column: 'c10_valid_200' },
});
