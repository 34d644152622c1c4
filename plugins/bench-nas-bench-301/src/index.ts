import { tablePlugin } from '@archer-nas/tabular';

import { NAS_BENCH_301 } from './definition.ts';

const plugin = tablePlugin({
  definition: NAS_BENCH_301,
  summary: 'Predicted accuracy of 725 DARTS genotypes (NAS-Bench-301) and zero-cost scores.',
  column: 'val_surrogate',
  requires: ['notation:darts'],
});

export default plugin;
export { NAS_BENCH_301 } from './definition.ts';
export { genotypeOf } from './notation.ts';
