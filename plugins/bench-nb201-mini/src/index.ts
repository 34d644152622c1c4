import { tablePlugin } from '@archer-nas/tabular';
import { NB201_MINI } from './definition.ts';

const plugin = tablePlugin({
  definition: NB201_MINI,
  summary: 'NAS-Bench-201 cells that Archer trained itself, small; comes with its table.',
  column: 'valid_12',
  requires: ['notation:nas-bench-201'],
  bundled: new URL('../table/', import.meta.url),
});

export default plugin;
export { NB201_MINI } from './definition.ts';
