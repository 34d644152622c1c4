import type { Table } from '@archer-nas/core';
import { formatTable, markdownTable } from '@archer-nas/report';
import { writeTables } from '@archer-nas/runtime';
import type { Options } from 'yargs';
import type { Output } from '../output.ts';

/** How a command's tables are written. */
export interface TableArguments {
  format: string;
  csv?: string;
}

/** Options of commands that write tables. */
export const tableOptions: Readonly<Record<string, Options>> = {
  format: {
    type: 'string',
    choices: ['text', 'markdown'],
    default: 'text',
    describe: 'How tables are printed',
  },
  csv: { type: 'string', describe: 'Write the tables into this folder, too' },
};

/** Prints tables, and writes them as CSV where a folder is given for that. */
export function writeOut(
  tables: ReadonlyMap<string, Table>,
  { format, csv }: TableArguments,
  output: Output,
): void {
  const text = (table: Table): string =>
    format === 'markdown' ? markdownTable(table) : formatTable(table, output);
  output.line([...tables.values()].map(text).join('\n\n'));
  if (csv === undefined) return;
  for (const file of writeTables(csv, tables)) output.note(`written: ${file}`);
}
