import { readFileSync } from 'node:fs';
import { ArcherError, definePlugin } from '@archer-nas/core';
import { z } from 'zod';

/** The table that the package brings, as text. */
export const TABLE = readFileSync(new URL('../../table/nb201-mini.csv', import.meta.url), 'utf8');

/** Cell and network of each of its rows. */
export const ROWS: readonly (readonly [cell: string, network: string])[] = TABLE.trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => line.split(',') as [string, string]);

const networks = new Map(ROWS);

/** The cells of the table and no others: every look-up succeeds, as the kit asks. */
export const tableCells = definePlugin({
  id: 'table-cells',
  kind: 'space',
  summary: 'The cells of NB201-Mini as text, for tests.',
  options: z.strictObject({}),
  provides: ['notation:nas-bench-201'],
  create: () => ({
    name: 'table-cells',
    size: BigInt(ROWS.length),
    // Of the named cells: the golden trace stays when rows are added.
    sample: (stream) => stream.pick(ROWS.slice(0, 3))[0],
    format: (a: string) => a,
    parse(text) {
      if (networks.has(text)) return text;
      throw new ArcherError('ARCHER_ARCHITECTURE', `'${text}' is no cell of the table`);
    },
    id: (a) => a,
    canonical: (a) => networks.get(a) ?? a,
  }),
});
