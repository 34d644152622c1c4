import { ArcherError, EXIT } from '@archer-nas/core';

/** There is no table where it was looked for. Studies may fall back on other truths. */
export function missing(message: string): ArcherError {
  return new ArcherError('ARCHER_DATA_MISSING', message, {
    hint:
      'run `archer data fetch nas-bench-201`, or say where the folder with ' +
      'nas-bench-201/nb201.csv.gz is with --data or ARCHER_DATA, or name the file (file: …)',
    exit: EXIT.data,
  });
}

/** What is there is not the table, or not all of it. Never a reason to fall back. */
export function corrupt(message: string, hint?: string): ArcherError {
  const details = hint === undefined ? {} : { hint };
  return new ArcherError('ARCHER_DATA_CORRUPT', message, { ...details, exit: EXIT.data });
}
