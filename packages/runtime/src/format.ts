import { ArcherError, EXIT } from '@archer-nas/core';

/** The number of the layout that this version writes and reads, of each kind of file. */
export const FORMAT = { journal: 1, checkpoint: 1, result: 1 } as const;

/**
 * Refuses what another version of Archer wrote in another layout: it is not damaged, and
 * reading it as if it were ours could go wrong silently.
 * @throws ArcherError `ARCHER_FORMAT` with what to do
 */
export function checkFormat(kind: keyof typeof FORMAT, found: unknown, file: string): void {
  const known = FORMAT[kind];
  if (found === known) return;
  const newer = typeof found === 'number' && found > known;
  throw new ArcherError(
    'ARCHER_FORMAT',
    `${file} has ${kind} format ${JSON.stringify(found)}; this version reads format ${known}.`,
    {
      hint: newer
        ? 'A newer Archer wrote it: update with npm install @archer-nas/cli@latest.'
        : 'Open it with the version that wrote it: fingerprint.json beside the journal names it.',
      exit: EXIT.drift,
    },
  );
}
