import { ArcherError, EXIT } from '@archer-nas/core';
import type { RunRecord } from './record.ts';

/** The error of a comparison that would count a seed twice: a copy of a run folder, mostly. */
export function seedTwice(
  name: string,
  seed: number,
  runs: readonly Pick<RunRecord, 'folder'>[],
): ArcherError {
  return new ArcherError('ARCHER_SEED_TWICE', `${name} has two runs of seed ${seed}.`, {
    hint: `Move one of them elsewhere: ${runs.map(({ folder }) => folder).join(', ')}`,
    exit: EXIT.usage,
  });
}
