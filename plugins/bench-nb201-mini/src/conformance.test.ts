import { describeBenchmark, describePackage } from '@archer-nas/testkit';
import plugin from './index.ts';
import { tableCells } from './testing/table-cells.ts';

const kit = { package: new URL('..', import.meta.url), plugins: [plugin, tableCells] };

describePackage({ ...kit, plugins: plugin });

describeBenchmark({
  ...kit,
  space: { use: 'table-cells' },
  benchmark: { use: 'bench-nb201-mini' },
});
