import { ArcherError, EXIT } from '@archer-nas/core';

/** What can be wrong with a folder of images. */
export type FolderFault = 'MISSING' | 'LAYOUT' | 'CORRUPT' | 'OUTSIDE' | 'TOO_LARGE';

/** The error `ARCHER_DATA_<fault>`, exit code 5. */
export function folderError(fault: FolderFault, message: string, hint?: string): ArcherError {
  const details = { exit: EXIT.data, ...(hint === undefined ? {} : { hint }) };
  return new ArcherError(`ARCHER_DATA_${fault}`, message, details);
}
