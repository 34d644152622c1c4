import { ArcherError, EXIT } from '@archer-nas/core';

import type { TableDefinition } from './table-definition.ts';

/** A file of a benchmark is not where it was looked for. Studies may fall back on other truths. */
export function missing(
  { id, folder = id, name, publicTable, files }: TableDefinition,
  file: string,
  paths: readonly string[],
): ArcherError {
  const table = file === files[0].file;
  const fetch = publicTable !== undefined && table ? `run \`archer data fetch ${id}\`, or ` : '';
  const own = table ? ', or name the file (file: …)' : '';
  return new ArcherError(
    'ARCHER_DATA_MISSING',
    `There is no ${name} ${table ? 'table' : `file ${file}`} at ${paths.join(' or ')}.`,
    {
      hint:
        `${fetch}put a file there with \`archer data import ${id} --file FILE\`, or say where ` +
        `the folder with ${folder}/${file} is with --data or ARCHER_DATA${own}`,
      exit: EXIT.data,
    },
  );
}

/** What is there is not the table, or not all of it. Never a reason to fall back. */
export function corrupt(message: string, hint?: string): ArcherError {
  const details = hint === undefined ? {} : { hint };
  return new ArcherError('ARCHER_DATA_CORRUPT', message, { ...details, exit: EXIT.data });
}
