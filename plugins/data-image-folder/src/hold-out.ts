import type { Streams } from '@archer-nas/core';
import { folderError } from './folder-error.ts';
import type { ImageFile } from './scan.ts';

/** Training images divided in two, each in the order they were in. */
export interface HeldOut {
  readonly train: readonly ImageFile[];
  readonly valid: readonly ImageFile[];
}

/**
 * Holds out the same fraction of every class, rounded, drawn from the stream `split` of that
 * class: images of one class do not move those of another.
 *
 * @throws ArcherError `ARCHER_DATA_LAYOUT` when a class would be left without training images
 */
export function holdOut(
  files: readonly ImageFile[],
  fraction: number,
  classes: readonly string[],
  streams: Streams,
): HeldOut {
  const valid = new Set<ImageFile>();
  classes.forEach((name, label) => {
    const members = files.filter((file) => file.label === label);
    const count = Math.round(fraction * members.length);
    if (count === members.length) {
      throw folderError(
        'LAYOUT',
        `class ${name} has ${members.length} images; holding out ${fraction} leaves none to train on`,
        'lower data.validFraction, or add images',
      );
    }
    const drawn = streams
      .stream('split', label)
      .shuffle([...members])
      .slice(0, count);
    for (const file of drawn) valid.add(file);
  });
  return {
    train: files.filter((file) => !valid.has(file)),
    valid: files.filter((file) => valid.has(file)),
  };
}
