import { ArcherError, EXIT } from '@archer-nas/core';

/**
 * A whole number given on the command line.
 * @throws ArcherError `ARCHER_USAGE` naming the option and what was given
 */
export function wholeNumber(option: string, least: number, given: unknown): number {
  const text = String(given);
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new ArcherError(
    'ARCHER_USAGE',
    `${option} takes whole numbers from ${least}, not "${text}".`,
    {
      hint: `For example ${option} ${Math.max(least, 1)}.`,
      exit: EXIT.usage,
    },
  );
}
