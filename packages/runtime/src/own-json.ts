import { readFileSync } from 'node:fs';
import { ArcherError, EXIT } from '@archer-nas/core';
import { onDisk } from './disk-error.ts';

/**
 * Reads a JSON file that a run wrote.
 * @param parts what it must have at least
 * @throws ArcherError `ARCHER_RUN_CORRUPT` when it is no JSON or not what a run writes
 */
export function readOwnJson(file: string, parts: readonly string[]): Record<string, unknown> {
  const value = parsed(file);
  checkParts(value, parts, file);
  return value as Record<string, unknown>;
}

/** That a value which was read from `file` has these parts. @throws ArcherError `ARCHER_RUN_CORRUPT` */
export function checkParts(value: unknown, parts: readonly string[], file: string): void {
  const missing = parts.filter((part) => !Object.hasOwn(Object(value), part));
  if (missing.length > 0) throw corrupt(file, `has no ${missing.join(', ')}`);
}

function parsed(file: string): unknown {
  const text = onDisk(file, () => readFileSync(file, 'utf8'));
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw corrupt(file, `is no JSON: ${(cause as Error).message}`);
  }
}

function corrupt(file: string, problem: string): ArcherError {
  return new ArcherError('ARCHER_RUN_CORRUPT', `${file} ${problem}.`, {
    hint: 'archer verify shows what of the run is intact; --restart begins again.',
    exit: EXIT.corrupt,
  });
}
