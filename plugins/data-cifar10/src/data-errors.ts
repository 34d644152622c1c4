import { ArcherError, EXIT, isArcherError } from '@archer-nas/core';

/** How to get the files by hand; the end of most messages of this package. */
export const BY_HAND =
  'on a machine with network, unpack https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz ' +
  'and name the folder with data_batch_1.bin … test_batch.bin in the manifest (data.folder)';

/** The files are not there and nothing that has them answers. */
export function missing(message: string, hint: string = BY_HAND): ArcherError {
  return new ArcherError('ARCHER_DATA_MISSING', message, { hint, exit: EXIT.data });
}

/** The files are there but are not what was published. */
export function corrupt(message: string, hint: string = BY_HAND): ArcherError {
  return new ArcherError('ARCHER_DATA_CORRUPT', message, { hint, exit: EXIT.data });
}

/** True for an error that says that content was wrong, not absent. */
export function isCorrupt(error: unknown): boolean {
  return isArcherError(error) && error.code === 'ARCHER_DATA_CORRUPT';
}

/** System errors of a folder that may not be read or written, or is a file. */
const UNUSABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST']);

/**
 * The error of a disk that is full or of a folder that cannot be used, which no other
 * source can mend; undefined for every other error.
 */
export function diskError(error: unknown, folder: string): ArcherError | undefined {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  const details = { exit: EXIT.data, cause: error };
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new ArcherError('ARCHER_DATA_SPACE', `no space left for CIFAR-10 in ${folder}`, {
      ...details,
      hint:
        'filling the cache takes up to 480 MB for a moment and 185 MB for good; ' +
        'free some, or set ARCHER_DATA to a folder on a larger disk',
    });
  }
  if (code !== undefined && UNUSABLE.has(code)) {
    return new ArcherError('ARCHER_DATA_UNUSABLE', `cannot keep CIFAR-10 in ${folder} (${code})`, {
      ...details,
      hint: 'set ARCHER_DATA to a folder that may be written, or name a filled one (data.folder)',
    });
  }
  return undefined;
}

/** What went wrong in one line, with the reason that fetch hides in `cause`. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && !isArcherError(error)
    ? `${error.message} (${cause.message})`
    : error.message;
}
