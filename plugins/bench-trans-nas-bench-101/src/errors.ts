import { ArcherError, EXIT } from '@archer-nas/core';

/** @throws ArcherError `ARCHER_TNB101_STRING` saying why `text` is no architecture of `space` */
export function malformed(text: string, space: string, reason: string, form: string): ArcherError {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return new ArcherError(
    'ARCHER_TNB101_STRING',
    `"${shown}" is no ${space} architecture of TransNAS-Bench-101: ${reason}.`,
    { hint: form, exit: EXIT.usage },
  );
}
