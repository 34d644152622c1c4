import type { SplitName } from './data.ts';
import { ArcherError, EXIT } from './errors.ts';
import { noSuchSplit } from './memory-split.ts';

/** How many of a split's first images are used, by split; all where there is no number. */
export type ImageLimits = { readonly [K in SplitName]?: number | undefined };

/**
 * Checks the `images` option of a data set against the sizes of its splits.
 *
 * @throws ArcherError `ARCHER_DATA_IMAGES` when more images are asked for than a split has,
 *   `ARCHER_SPLIT_MISSING` when they are asked of a split that is not there
 */
export function checkLimits(
  name: string,
  sizes: ReadonlyMap<SplitName, number>,
  images: ImageLimits,
): void {
  for (const split of ['train', 'valid', 'test'] as const) {
    const asked = images[split];
    if (asked === undefined) continue;
    const has = sizes.get(split);
    if (has === undefined) throw noSuchSplit({ name, splits: [...sizes.keys()] }, split);
    if (asked > has) {
      throw new ArcherError(
        'ARCHER_DATA_IMAGES',
        `data.images.${split} (${asked}) must be no more than the split has (${has})`,
        { exit: EXIT.manifest },
      );
    }
  }
}
