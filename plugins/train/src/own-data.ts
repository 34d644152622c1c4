import { ArcherError, type DataSet, EXIT } from '@archer-nas/core';

/**
 * Images of its own are for what is asked after a search: a search's evaluator must not train on
 * those that it is scored on.
 * @throws ArcherError `ARCHER_TRAIN_DATA` in a search, and for another task than the search's
 */
export function checkOwnData(own: DataSet, searched: DataSet, purpose: 'search' | 'study'): void {
  if (purpose === 'search') {
    throw refused(
      'train: data of its own is for studies, not for the evaluator of a search.',
      'Leave it out: a search trains on the train split of the manifest’s data.',
    );
  }
  if (sizeOf(own) === sizeOf(searched)) return;
  throw refused(
    `train: its data ${own.name} has ${sizeOf(own)}, the search's has ${sizeOf(searched)}.`,
    'Both must be of one task, for they are scored on the same images.',
  );
}

function sizeOf({ classes, image }: DataSet): string {
  return `${classes} classes of ${image.height}x${image.width}x${image.channels}`;
}

function refused(message: string, hint: string): ArcherError {
  return new ArcherError('ARCHER_TRAIN_DATA', message, { hint, exit: EXIT.manifest });
}
