import { tablePlugin } from '@archer-nas/tabular';

import { NAS_BENCH_201 } from './definition.ts';

const plugin = tablePlugin({
  definition: NAS_BENCH_201,
  summary: 'The NAS-Bench-201 tables: accuracies of all 15,625 cells on three data sets.',
  column: 'c10_test_200',
});

export default plugin;
export { COLUMNS } from './columns.ts';
export { NAS_BENCH_201 } from './definition.ts';
export { PUBLIC_TABLE } from './public-table.ts';
